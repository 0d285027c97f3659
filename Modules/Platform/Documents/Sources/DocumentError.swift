/// Why a file was not read, in words that tell its owner what to do.
package enum DocumentError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file is something else; the value says what: "a PDF".
    case unsupported(String)
    case empty
    /// The file, or the text in it, is longer than `limit` bytes.
    case tooLarge(limit: Int)
    /// The tags of a web page are nested deeper than any real page's.
    case tooDeep(limit: Int)
    /// The bytes are no text in the charset that the file or its sender names, or in any that can be recognised.
    case unknownCharset(String?)

    package static let supported = "plain text (.txt), Markdown (.md) and web pages (.html)"

    package var description: String {
        switch self {
        case .unsupported(let what): "this is \(what); supported are \(Self.supported)"
        case .empty: "there is no text in the file"
        case .tooLarge(let limit): "at most \(limit >> 20) MB are accepted; split the file"
        case .tooDeep(let limit): "the page's tags are nested more than \(limit) deep; save it as plain text"
        case .unknownCharset(let name?): "the file is not text in the charset \"\(name)\" it claims; save it as UTF-8"
        case .unknownCharset(nil): "the file's charset cannot be recognised; save it as UTF-8"
        }
    }
}
