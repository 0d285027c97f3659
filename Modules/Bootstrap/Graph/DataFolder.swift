package import Foundation
import Glibc
package import Vault

/// The folder that holds everything an installation keeps on this machine.
package struct DataFolder: Sendable {
    package let url: URL

    /// Creates the folder, readable by its owner alone. Throws `StartupError` when that cannot be done.
    package init(_ url: URL) throws {
        self.url = url
        do {
            try FileManager.default.createDirectory(
                at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch { throw StartupError("the data folder \(url.path) cannot be made: \(Self.reason(error))") }
        guard access(url.path, R_OK | W_OK | X_OK) == 0 else {
            throw StartupError("the data folder \(url.path) cannot be read and written by this user: check its owner and mode")
        }
    }

    /// The operating system's word for it: Foundation's own text is a page long.
    private static func reason(_ error: any Error) -> String {
        let error = error as NSError
        if error.domain == NSCocoaErrorDomain, error.code == CocoaError.fileWriteFileExists.rawValue {
            return "a file of that name is in the way"
        }
        if let system = error.userInfo[NSUnderlyingErrorKey] as? NSError, let code = Int32(exactly: system.code) {
            return String(cString: strerror(code))
        }
        return "error \(error.code)"
    }

    package func file(_ name: String) -> URL { url.appending(path: name) }

    /// The search folder: derived data, removable at any time.
    package func search() throws -> URL {
        let folder = url.appending(path: "search")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        return folder
    }

    /// Holds the folder for one server. Throws `StartupError` when another one has it. The lock ends with the process.
    package func lock() throws -> FolderLock {
        let path = file("server.lock").path
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw StartupError("\(path) cannot be opened: \(String(cString: strerror(errno)))") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw StartupError(
                "another sevensales-server uses the data folder \(url.path): stop it first, or give this one its own --data")
        }
        return FolderLock(descriptor: descriptor)
    }

    /// The master key: from `text`, else from the folder; made there when `creating` and there is none.
    package func masterKey(text: String?, creating: Bool) throws -> (key: MasterKey, made: Bool) {
        do {
            if let text { return (try MasterKey(text: text), false) }
            let path = file("master.key").path
            if FileManager.default.fileExists(atPath: path) { return (try MasterKey.load(path), false) }
            guard creating else {
                throw StartupError(
                    "there is no master key in \(url.path): run sevensales init, or restore master.key from your backup")
            }
            // Keys without their master key mean that it was lost, not that there never was one.
            guard !FileManager.default.fileExists(atPath: file("keys.sqlite").path) else {
                throw StartupError(
                    "master.key is missing in \(url.path), but data sealed under it is there: restore the key from your copy")
            }
            return (try MasterKey.generate(at: path), true)
        } catch let error as VaultError { throw StartupError(error.description) }
    }
}

/// Open as long as the server runs.
package struct FolderLock: Sendable {
    let descriptor: Int32
}
