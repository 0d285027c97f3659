import Glibc
import Synchronization

/// Where things lie in the folder:
///
/// - `objects/a/b/name+` is the object `a/b/name`. No key holds a `+`, so that `a` and `a/b` can both be there.
/// - `incoming/…` are the drafts. They must be in the same file system, or they could not be renamed.
final class FolderPlaces: Sendable {
    static let mark = UInt8(ascii: "+")
    /// More folders than this are not remembered; forgetting costs a few more waits for the disk.
    private static let remembered = 10_000

    let objects: String
    let incoming: String
    /// Folders whose own names are known to be durable.
    private let durable = Mutex<Set<String>>([])

    init(root: String) throws {
        guard !root.isEmpty, !root.utf8.contains(0) else { throw ObjectStorageError.refused("the folder has no name") }
        (objects, incoming) = ("\(root)/objects", "\(root)/incoming")
        // A root that is there may be a link to another disk.
        if access(root, F_OK) != 0 { try make(root) }
        try make(objects)
        try make(incoming)
    }

    func path(of key: ObjectKey) -> String { "\(objects)/\(key.text)+" }

    /// What is before the last `/`.
    static func folder(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Makes the folders above `key`, and their names durable.
    ///
    /// A folder that another put has just made counts only after its parent was synchronised here too: the other one may not have come
    /// to it yet, and this one's object must not vanish with it.
    func prepare(for key: ObjectKey) throws {
        var folder = objects
        for part in key.text.split(separator: "/").dropLast() {
            folder += "/\(part)"
            try make(folder)
        }
    }

    /// Somebody removed a folder from outside.
    func forget() { durable.withLock { $0 = [] } }

    private func make(_ folder: String) throws {
        guard !durable.withLock({ $0.contains(folder) }) else { return }
        if mkdir(folder, 0o700) != 0, errno != EEXIST { throw FileError.error("mkdir", errno) }
        try OpenFile.synchronize(folder: Self.folder(of: folder))
        durable.withLock { known in
            if known.count >= Self.remembered { known = [] }
            known.insert(folder)
        }
    }
}
