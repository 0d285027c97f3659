/// Why an object was not stored, read, deleted or listed.
package enum ObjectStorageError: Error, Hashable, Sendable {
    case notFound
    /// The storage has no room: a disk or a quota. Nothing of the object was kept.
    case full
    /// The object has more bytes than the storage takes, or the caller.
    case tooLarge(limit: Int64)
    /// The content had more or fewer bytes than announced.
    case wrongLength(announced: Int64)
    /// The object was replaced or deleted while it was read.
    case replaced
    /// The storage kept or sent other bytes than it should, again and again.
    case damaged
    /// The storage said no and will say it again: an address, a permission, a bucket. Holds its own word, never a secret.
    case refused(String)
    /// It does not answer now; the same may be tried again.
    case unavailable(String)
}
