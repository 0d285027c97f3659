import Foundation
import Glibc

/// The bytes of a segment, in memory or mapped from a file, which never change while this lives.
///
/// A mapped file must not be truncated in place: segment files are only created and unlinked.
final class SegmentBytes: Sendable {
    /// Immutable and owned by this object, so every thread may read it.
    nonisolated(unsafe) let raw: UnsafeRawBufferPointer
    let isMapped: Bool

    /// A copy of `bytes` in memory.
    init(_ bytes: [UInt8]) {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(bytes.count, 1), alignment: 16)
        copy.copyBytes(from: bytes)
        raw = UnsafeRawBufferPointer(rebasing: copy[0..<bytes.count])
        isMapped = false
    }

    /// Maps the file at `path`.
    ///
    /// - Throws: `PassageIndexError.input`, or `.corrupted` when the file is empty.
    init(mapping path: String) throws {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw PassageIndexError.input(path: path, code: errno) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw PassageIndexError.input(path: path, code: errno) }
        guard status.st_size > 0 else { throw PassageIndexError.corrupted("\(path) is empty") }
        let mapped = mmap(nil, Int(status.st_size), PROT_READ, MAP_PRIVATE, file, 0)
        guard let mapped, mapped != MAP_FAILED else { throw PassageIndexError.input(path: path, code: errno) }
        raw = UnsafeRawBufferPointer(start: mapped, count: Int(status.st_size))
        isMapped = true
    }

    deinit {
        let owned = UnsafeMutableRawBufferPointer(mutating: raw)
        if isMapped {
            munmap(owned.baseAddress, owned.count)
        } else {
            owned.baseAddress?.deallocate()
        }
    }
}
