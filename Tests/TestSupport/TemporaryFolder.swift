package import Foundation
import Glibc

/// A new folder that is deleted when the last reference to it goes, at the latest when the process ends.
package final class TemporaryFolder: Sendable {
    package let url: URL

    private static let root: URL = {
        atexit { try? FileManager.default.removeItem(at: TemporaryFolder.root) }
        return FileManager.default.temporaryDirectory.appending(path: "sevensales-tests-\(getpid())")
    }()

    package init() throws {
        url = Self.root.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }
}
