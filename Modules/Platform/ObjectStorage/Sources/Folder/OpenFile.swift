import Glibc

/// A descriptor that is closed with its last reference.
final class OpenFile: Sendable {
    let descriptor: Int32

    /// Throws `ObjectStorageError`; `notFound` when there is nothing at `path`.
    init(_ path: String, _ flags: Int32, mode: mode_t = 0) throws {
        descriptor = try FileError.check("open") { open(path, flags | O_CLOEXEC | O_NOFOLLOW, mode) }
    }

    deinit { close(descriptor) }

    func write(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { buffer in
            var written = 0
            while written < buffer.count {
                let rest = UnsafeRawBufferPointer(rebasing: buffer[written...])
                written += try FileError.check("write") { Glibc.write(descriptor, rest.baseAddress, rest.count) }
            }
        }
    }

    /// At most `count` bytes from `offset` on; empty at the end.
    func read(_ count: Int, at offset: Int64) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            initialized = try FileError.check("read") { pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset)) }
        }
    }

    func size() throws -> Int64 {
        var status = stat()
        _ = try FileError.check("stat") { fstat(descriptor, &status) }
        return Int64(status.st_size)
    }

    /// Returns when the bytes, or a folder's names, are on the disk.
    func synchronize() throws { _ = try FileError.check("fsync") { fsync(descriptor) } }

    /// Makes the names in the folder at `path` durable.
    static func synchronize(folder path: String) throws {
        try OpenFile(path, O_RDONLY | O_DIRECTORY).synchronize()
    }
}

/// What the operating system says, as `ObjectStorageError`.
enum FileError {
    /// The result of a system call. Interrupted ones are repeated.
    static func check<Result: SignedInteger>(_ step: StaticString, _ call: () -> Result) throws -> Result {
        while true {
            let result = call()
            if result >= 0 { return result }
            let code = errno
            guard code != EINTR else { continue }
            throw error(step, code)
        }
    }

    /// The same; nil when what the call is about is not there.
    static func ifThere<Result: SignedInteger>(_ step: StaticString, _ call: () -> Result) throws -> Result? {
        do { return try check(step, call) } catch ObjectStorageError.notFound { return nil }
    }

    static func error(_ step: StaticString, _ code: Int32) -> ObjectStorageError {
        switch code {
        case ENOSPC, EDQUOT: .full
        case ENOENT, ENOTDIR: .notFound
        case EACCES, EPERM, EROFS: .refused("\(step): \(String(cString: strerror(code)))")
        default: .unavailable("\(step): \(String(cString: strerror(code)))")
        }
    }
}
