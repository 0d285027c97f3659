import Foundation
import Kernel
import PluginHost
import Vault

/// What is installed and how it is loaded: `plugins/<kind>/` in the data folder, each with its shared object, manifest and settings.
///
/// A linked plugin has a folder only when somebody chose how it is loaded, or installed a shared object that may take its place.
struct PluginFolder {
    struct Settings: Codable, Equatable {
        var isEnabled: Bool
        var mode: PluginMode
        /// SHA-256 of the shared object as it was installed, in hexadecimal: a file that somebody changed since is refused.
        var sha256: String?
        /// How often it was released from quarantine: running programs see that the number grew.
        var releases: Int?
    }

    struct Entry {
        let kind: String
        /// The installed shared object; nil for a linked plugin without one.
        let file: URL?
        let manifest: PluginManifest?
        let isLinked: Bool
        var settings: Settings

        /// Why it cannot be loaded so; nil when it can.
        func problem(with mode: PluginMode, trusting keys: Set<String>) -> String? {
            switch mode {
            case .linked: isLinked ? nil : "\(kind) is not linked into this program"
            case .isolated: file != nil || isLinked ? nil : "no plugin \(kind) is installed"
            case .inProcess:
                if file == nil {
                    "no shared object of \(kind) is installed"
                } else if let manifest, keys.contains(manifest.publicKey.lowercased()) {
                    nil
                } else {
                    "only a plugin signed with a trusted key may run in the server's own process"
                }
            }
        }
    }

    let url: URL
    private let linked: Set<String>

    /// `linked` are the kinds that are part of the program.
    init(_ data: DataFolder, linked: Set<String>) { (url, self.linked) = (data.url.appending(path: "plugins"), linked) }

    // ---- reading ----

    /// The linked and the installed, sorted by kind.
    func entries() throws -> [Entry] { try kinds().compactMap { try entry($0) } }

    /// What may be an entry: the linked kinds and the names in the folder, sorted.
    func kinds() -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
        return linked.union(names.filter(Self.isKind)).sorted()
    }

    /// Nil for a kind that is neither linked nor installed.
    func entry(_ kind: String) throws -> Entry? {
        guard Self.isKind(kind) else { return nil }
        let isLinked = linked.contains(kind)
        let place = url.appending(path: kind).appending(path: "plugin.so")
        let file = FileManager.default.fileExists(atPath: place.path) ? place : nil
        guard file != nil || isLinked else { return nil }
        return Entry(
            kind: kind, file: file, manifest: try file.flatMap { try PluginManifest.beside($0) }, isLinked: isLinked,
            settings: try settings(of: kind, isLinked: isLinked))
    }

    private func settings(of kind: String, isLinked: Bool) throws -> Settings {
        let place = url.appending(path: kind).appending(path: "settings.json")
        guard let data = FileManager.default.contents(atPath: place.path) else {
            guard isLinked else { throw StartupError("\(place.path) is missing: install the plugin anew") }
            return Settings(isEnabled: true, mode: .linked)
        }
        guard let read = try? JSONDecoder().decode(Settings.self, from: data) else {
            throw StartupError("\(place.path) cannot be read: \(isLinked ? "remove it" : "install the plugin anew")")
        }
        return read
    }

    /// Keys whose plugins may run in the server's own process, one in hexadecimal on a line.
    func trustedKeys() -> Set<String> {
        let text = (try? String(contentsOf: url.appending(path: "trusted-keys"), encoding: .utf8)) ?? ""
        return Set(text.split(whereSeparator: \.isNewline).map { $0.lowercased() })
    }

    static func isKind(_ text: String) -> Bool {
        (1...32).contains(text.utf8.count)
            && text.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "-") }
    }

    // ---- changing ----

    func install(_ file: URL, kind: String, manifest: PluginManifest?, settings: Settings) throws {
        let folder = url.appending(path: kind)
        try Self.makeFolder(folder)
        let place = folder.appending(path: "plugin.so")
        // A running process has the old file mapped: it must be replaced, not written over.
        let new = folder.appending(path: "plugin.so.new")
        try? FileManager.default.removeItem(at: new)
        try FileManager.default.copyItem(at: file, to: new)
        guard rename(new.path, place.path) == 0 else { throw StartupError("\(place.path) cannot be written") }
        try? FileManager.default.removeItem(at: PluginManifest.address(of: place))
        try manifest?.write(beside: place)
        var settings = settings
        settings.sha256 = Digest.sha256(try [UInt8](Data(contentsOf: place))).hex
        try save(settings, of: kind)
    }

    /// Lets the running programs of this folder start the plugin again that they gave up.
    func release(_ kind: String) throws {
        guard var entry = try entry(kind) else {
            throw StartupError("no plugin \(kind) is linked or installed; see sevensales plugin list")
        }
        entry.settings.releases = (entry.settings.releases ?? 0) &+ 1
        try save(entry.settings, of: kind)
    }

    func save(_ settings: Settings, of kind: String) throws {
        let folder = url.appending(path: kind)
        try Self.makeFolder(folder)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try encoder.encode(settings).write(to: folder.appending(path: "settings.json"), options: .atomic)
    }

    func trust(_ key: String) throws {
        try Self.makeFolder(url)
        let keys = trustedKeys().union([key.lowercased()]).sorted()
        try Data((keys.joined(separator: "\n") + "\n").utf8).write(to: url.appending(path: "trusted-keys"), options: .atomic)
    }

    func remove(_ kind: String) throws { try FileManager.default.removeItem(at: url.appending(path: kind)) }

    private static func makeFolder(_ url: URL) throws {
        try FileManager.default.createDirectory(
            at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }
}
