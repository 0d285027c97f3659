import Glibc
import Kernel

/// Finds objects in the order of their keys without reading folders that cannot hold any of them.
struct FolderWalk {
    struct Name {
        let text: String
        let isFolder: Bool
    }

    let prefix: String
    let after: String?
    let limit: Int
    private(set) var found: [ObjectEntry] = []

    init(prefix: String, after: String?, limit: Int) { (self.prefix, self.after, self.limit) = (prefix, after, limit) }

    /// Looks through `folder`, whose keys begin with `start`. It calls itself no deeper than a key has parts.
    mutating func visit(_ folder: String, as start: String) throws {
        guard found.count < limit else { return }
        var candidates: [(key: String, name: Name)] = []
        for name in try Self.names(in: folder) where name.isFolder || name.text.utf8.last == FolderPlaces.mark {
            // A folder stands where the keys below it do: all of them begin with its name and a slash.
            let key = start + (name.isFolder ? name.text + "/" : String(name.text.dropLast()))
            if name.isFolder ? mayHold(key) : key.hasPrefix(prefix) && isAfter(key) { candidates.append((key, name)) }
        }
        candidates.sort { $0.key < $1.key }
        for (key, name) in candidates {
            guard found.count < limit else { return }
            if name.isFolder {
                guard key.utf8.count < ObjectKey.longest else { continue }
                try visit("\(folder)/\(name.text)", as: key)
            } else if let key = ObjectKey(key), let status = try Self.status(of: "\(folder)/\(name.text)") {
                found.append(ObjectEntry(key: key, size: status.size, changedAt: status.changedAt))
            }
        }
    }

    private func isAfter(_ key: String) -> Bool { after.map { $0 < key } ?? true }

    private func mayHold(_ folder: String) -> Bool {
        guard folder.hasPrefix(prefix) || prefix.hasPrefix(folder) else { return false }
        return isAfter(folder) || after?.hasPrefix(folder) == true
    }

    /// What lies in `folder` and could be ours; none when it is gone.
    static func names(in folder: String) throws -> [Name] {
        guard let stream = opendir(folder) else {
            let code = errno
            if code == ENOENT || code == ENOTDIR { return [] }
            throw FileError.error("opendir", code)
        }
        defer { closedir(stream) }
        var names: [Name] = []
        errno = 0
        while let entry = readdir(stream) {
            let offset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 0
            let text = String(cString: (UnsafeRawPointer(entry) + offset).assumingMemoryBound(to: CChar.self))
            if let name = Self.name(text, type: Int(entry.pointee.d_type), in: folder) { names.append(name) }
            errno = 0
        }
        // The end looks like a failure but for this.
        if errno != 0 { throw FileError.error("readdir", errno) }
        return names
    }

    private static func name(_ text: String, type: Int, in folder: String) -> Name? {
        guard text != ".", text != ".." else { return nil }
        switch type {
        case Int(DT_DIR): return Name(text: text, isFolder: true)
        case Int(DT_REG): return Name(text: text, isFolder: false)
        case Int(DT_UNKNOWN):
            // Some file systems do not say it here.
            var status = stat()
            guard lstat("\(folder)/\(text)", &status) == 0 else { return nil }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: return Name(text: text, isFolder: true)
            case S_IFREG: return Name(text: text, isFolder: false)
            default: return nil
            }
        default: return nil
        }
    }

    /// Nil when there is nothing any more.
    static func status(of path: String) throws -> (size: Int64, changedAt: Instant)? {
        var status = stat()
        guard try FileError.ifThere("stat", { lstat(path, &status) }) != nil else { return nil }
        let seconds = Instant(seconds: Int64(status.st_mtim.tv_sec))
        return (Int64(status.st_size), seconds.advanced(by: .nanoseconds(Int64(status.st_mtim.tv_nsec))))
    }
}
