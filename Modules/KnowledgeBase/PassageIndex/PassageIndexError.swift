/// Why an index folder could not be read or written. After either, the caller starts an empty index
/// (`PassageIndex(folder:discardingFiles:)`) and adds every passage again.
package enum PassageIndexError: Error, Equatable {
    /// A file is not what this version wrote: damaged, truncated, or of another version.
    case corrupted(String)
    /// The operating system refused; `code` is its errno.
    case input(path: String, code: Int32)
}
