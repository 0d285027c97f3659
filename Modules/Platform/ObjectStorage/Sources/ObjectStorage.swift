package import Kernel

/// Where the bytes of files live: named, opaque, whole.
///
/// Every function throws `ObjectStorageError`, `CancellationError`, or what the content itself throws.
package protocol ObjectStorage: Sendable {
    /// Stores all of `content` under `key`, which is new or whose object is replaced.
    ///
    /// When it returns, the object is durable and whole; before that nobody sees any of it. When the content throws, is of another
    /// length than announced, or the task is cancelled, nothing of it stays and an object of that name is as it was. Of two puts of
    /// one key the later one to finish stays. After `unavailable` the object may have been kept, whole, under its key.
    func put(_ key: ObjectKey, _ content: ObjectContent) async throws

    /// The object's bytes from `offset` on, in pieces of at most 64 KiB; none when the object ends before. A negative offset means 0.
    ///
    /// All bytes are of one object: a reader whose object is replaced or deleted meanwhile gets the old one or `replaced`. Throws
    /// `notFound` at once.
    func get(_ key: ObjectKey, from offset: Int64) async throws -> ObjectStream

    /// Deletes the object for good. Idempotent: deleting what is not there succeeds.
    func delete(_ key: ObjectKey) async throws

    /// The objects whose keys begin with `prefix`, in ascending order of their bytes, after `after`, at most `limit`: for finding
    /// those that nobody refers to. Fewer than `limit` means that there are no more.
    func list(_ prefix: String, after: ObjectKey?, limit: Int) async throws -> [ObjectEntry]

    /// Removes what puts left behind that ended with their process, and says how many there were. To be called now and then;
    /// puts that run are safe from it.
    func sweep() async throws -> Int
}

/// One object in a list.
package struct ObjectEntry: Hashable, Sendable {
    package let key: ObjectKey
    /// In bytes.
    package let size: Int64
    /// When it was stored, by the storage's clock.
    package let changedAt: Instant

    package init(key: ObjectKey, size: Int64, changedAt: Instant) {
        (self.key, self.size, self.changedAt) = (key, size, changedAt)
    }
}
