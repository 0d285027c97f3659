import Glibc

extension MasterKey {
    /// Makes a new key and writes it to `file`, readable by its owner alone, on disk when this returns.
    ///
    /// Throws `masterKeyExists` rather than touch an existing file, and leaves none behind when it fails.
    package static func generate(at file: String) throws -> MasterKey {
        let key = try MasterKey()
        let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o400)
        guard descriptor >= 0 else {
            throw errno == EEXIST ? VaultError.masterKeyExists(file: file) : failure("create", file)
        }
        do {
            defer { close(descriptor) }
            let written = key.material.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            // The mode given to `open` was reduced by the umask; this one is not.
            guard written == size, fchmod(descriptor, 0o400) == 0, fsync(descriptor) == 0 else {
                throw failure("write", file)
            }
            try synchronizeFolder(of: file)
        } catch {
            unlink(file)
            throw error
        }
        return key
    }

    /// Reads the key that `generate(at:)` wrote: exactly 32 bytes that nobody but the owner may read.
    ///
    /// A systemd credential may be group-readable by its access control list: read that one as text, with
    /// `init(text:)`.
    package static func load(_ file: String) throws -> MasterKey {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw errno == ENOENT ? VaultError.masterKeyMissing(file: file) : failure("open", file)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure("examine", file) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw VaultError.masterKeyFile(file: file, action: "read", reason: "it is not a regular file")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw VaultError.masterKeyTooOpen(file: file, mode: status.st_mode & 0o777)
        }
        guard status.st_size == size else {
            throw VaultError.masterKeyWrongSize(file: file, bytes: Int(status.st_size))
        }
        var bytes = [UInt8](repeating: 0, count: size)
        defer { bytes.wipe() }
        guard read(descriptor, &bytes, size) == size else { throw failure("read", file) }
        return MasterKey(material: try KeyMaterial(copying: bytes))
    }

    /// Makes the folder's new entry survive a power cut.
    private static func synchronizeFolder(of file: String) throws {
        let folder = file.lastIndex(of: "/").map { $0 == file.startIndex ? "/" : String(file[..<$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open", folder) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("synchronize", folder) }
    }

    private static func failure(_ action: String, _ file: String) -> VaultError {
        .masterKeyFile(file: file, action: action, reason: String(cString: strerror(errno)))
    }
}
