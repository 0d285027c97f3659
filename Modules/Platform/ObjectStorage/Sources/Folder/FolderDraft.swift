import Glibc
import Kernel

/// An object on its way: invisible until it is whole and on the disk.
final class FolderDraft: Sendable {
    private let places: FolderPlaces
    private let path: String
    private let file: OpenFile

    init(_ name: String, in places: FolderPlaces) throws {
        (self.places, path) = (places, "\(places.incoming)/\(name)")
        do { file = try OpenFile(path, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600) } catch ObjectStorageError.notFound {
            throw ObjectStorageError.unavailable("open: the storage's folder is gone")
        }
    }

    func write(_ bytes: [UInt8]) throws { try file.write(bytes) }

    /// Gives the draft its name. The bytes are on the disk before the name, and the name before this returns.
    func publish(as key: ObjectKey) throws {
        failpoint("file.fsync.before")
        try file.synchronize()
        let object = places.path(of: key)
        do { try move(to: object, key) } catch ObjectStorageError.notFound {
            // Empty folders may be tidied away by hand.
            places.forget()
            do { try move(to: object, key) } catch ObjectStorageError.notFound {
                throw ObjectStorageError.unavailable("rename: the draft or its folder is gone")
            }
        }
        failpoint("file.rename.after")
        try OpenFile.synchronize(folder: FolderPlaces.folder(of: object))
        failpoint("file.durable.after")
    }

    private func move(to object: String, _ key: ObjectKey) throws {
        try places.prepare(for: key)
        failpoint("file.rename.before")
        _ = try FileError.check("rename") { rename(path, object) }
    }

    /// Removes the draft; after `publish` there is none, and nothing happens.
    func discard() { unlink(path) }
}
