import Foundation
import Kernel
import Logging
import PluginHost
import Vault

/// The installed plugins: `plugins/<kind>/` in the data folder, each with its shared object, manifest and settings.
struct PluginFolder {
    enum Mode: String, Codable, CaseIterable {
        /// In a process of its own, which may fail alone.
        case isolated
        /// In the server's own process: only for plugins whose maker is trusted.
        case inProcess = "in-process"
    }

    struct Settings: Codable {
        var isEnabled: Bool
        var mode: Mode
    }

    struct Entry {
        let kind: String
        let file: URL
        let manifest: PluginManifest?
        var settings: Settings
    }

    let url: URL

    init(_ data: DataFolder) { url = data.url.appending(path: "plugins") }

    // ---- reading ----

    /// Sorted by kind.
    func entries() throws -> [Entry] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
        return try names.sorted().compactMap { try entry($0) }
    }

    func entry(_ kind: String) throws -> Entry? {
        let file = url.appending(path: kind).appending(path: "plugin.so")
        guard Self.isKind(kind), FileManager.default.fileExists(atPath: file.path) else { return nil }
        let settings = file.deletingLastPathComponent().appending(path: "settings.json")
        guard let data = FileManager.default.contents(atPath: settings.path),
            let read = try? JSONDecoder().decode(Settings.self, from: data)
        else { throw StartupError("\(settings.path) cannot be read: install the plugin anew") }
        return Entry(kind: kind, file: file, manifest: try PluginManifest.beside(file), settings: read)
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
        try Self.makeFolder(url)
        try Self.makeFolder(folder)
        let place = folder.appending(path: "plugin.so")
        // A running process has the old file mapped: it must be replaced, not written over.
        let new = folder.appending(path: "plugin.so.new")
        try? FileManager.default.removeItem(at: new)
        try FileManager.default.copyItem(at: file, to: new)
        guard rename(new.path, place.path) == 0 else { throw StartupError("\(place.path) cannot be written") }
        try? FileManager.default.removeItem(at: PluginManifest.address(of: place))
        try manifest?.write(beside: place)
        try save(settings, of: kind)
    }

    func save(_ settings: Settings, of kind: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try encoder.encode(settings).write(to: url.appending(path: kind).appending(path: "settings.json"), options: .atomic)
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

    // ---- loading ----

    /// The built-in channels and the enabled plugins. A plugin that cannot be loaded is left out and said so: it takes nothing along.
    ///
    /// Throws `StartupError` when this kernel cannot confine plugins and nobody said that this is all right.
    ///
    /// `watch` hears when a plugin falls and when it stands again.
    func registry(isConfined: Bool, builtIn: [any ChannelDriver], watch: PluginWatch, logger: Logger) throws -> DriverRegistry {
        var drivers = builtIn
        let enabled = try entries().filter(\.settings.isEnabled)
        let missing = IsolatedDriver.missingProtection
        if isConfined, !missing.isEmpty, enabled.contains(where: { $0.settings.mode == .isolated }) {
            throw StartupError(
                "this kernel lacks \(missing.joined(separator: " and ")), so plugins cannot be confined: disable them, or accept that they "
                    + "may read what this user may read with --unconfined-plugins")
        }
        for entry in enabled {
            do {
                let driver = try load(entry, isConfined: isConfined, watch)
                guard driver.description.kind == entry.kind else {
                    throw PluginFault.notLoadable("it calls itself \(driver.description.kind)")
                }
                drivers.append(driver)
                logger.notice("plugin loaded", metadata: ["kind": "\(entry.kind)", "mode": "\(entry.settings.mode.rawValue)"])
            } catch {
                let reason = if case PluginFault.notLoadable(let text) = error { text } else { "\(error)" }
                logger.error("a plugin is left out", metadata: ["kind": "\(entry.kind)", "reason": "\(reason)"])
            }
        }
        do { return try DriverRegistry(drivers) } catch { throw StartupError("a channel plugin cannot be loaded: \(error)") }
    }

    private func load(_ entry: Entry, isConfined: Bool, _ watch: PluginWatch) throws -> any ChannelDriver {
        let file = try [UInt8](Data(contentsOf: entry.file))
        if let manifest = entry.manifest, let problem = try manifest.problem(with: file) {
            throw PluginFault.notLoadable(problem)
        }
        switch entry.settings.mode {
        case .isolated:
            var options = IsolatedDriver.Options()
            options.isConfined = isConfined
            options.onChange = { _ in watch.changed(entry.kind) }
            let driver = try IsolatedDriver(path: entry.file.path, options: options)
            if let manifest = entry.manifest, Digest.sha256(driver.descriptionText).hex != manifest.capabilities {
                throw PluginFault.notLoadable("its description is not the one that was signed")
            }
            return driver
        case .inProcess:
            guard let manifest = entry.manifest, trustedKeys().contains(manifest.publicKey.lowercased()) else {
                throw PluginFault.notLoadable("only a plugin signed with a trusted key may run in the server's own process")
            }
            return try DynamicDriver(path: entry.file.path)
        }
    }
}
