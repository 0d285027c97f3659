import Foundation
import Glibc

/// Keeps a folder for one process: the kernel lets go of the lock when the process ends, however it ends.
final class FolderLock: Sendable {
    private let descriptor: Int32

    /// Nil when the folder is taken or cannot be written to.
    init?(_ folder: URL) {
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = open(folder.appending(path: "knowledge.lock").path(percentEncoded: false), O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { return nil }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            close(file)
            return nil
        }
        descriptor = file
    }

    deinit { close(descriptor) }
}
