import Foundation
import Kernel
import PluginHost
import Vault

/// Makes drivers of what is linked and installed, each loaded as it is set.
struct PluginLoader {
    let folder: PluginFolder
    let linked: [LinkedPlugin]
    /// What the command line says.
    let modes: PluginModes
    /// What a linked plugin's mode is where nobody chose one.
    let defaults: [String: PluginMode]
    let isConfined: Bool
    /// Hears when a plugin falls and when it stands again.
    let watch: PluginWatch

    /// How `entry` is loaded: as the command line says, else as it was set, else as is usual here.
    func mode(of entry: PluginFolder.Entry) -> PluginMode {
        if let said = modes.mode(of: entry.kind, isLinked: entry.isLinked) { return said }
        guard entry.settings.mode == .linked, let usual = defaults[entry.kind] else { return entry.settings.mode }
        return usual
    }

    /// Throws `StartupError` when the command line asks for what cannot be, and when this kernel cannot confine plugins and nobody said
    /// that this is all right.
    func check() throws {
        let entries = try folder.entries()
        let keys = folder.trustedKeys()
        for kind in modes.kinds where !entries.contains(where: { $0.kind == kind }) {
            throw StartupError("--plugin-mode: no plugin \(kind) is linked or installed; see sevensales plugin list")
        }
        for entry in entries {
            guard let said = modes.mode(of: entry.kind, isLinked: entry.isLinked) else { continue }
            if let problem = entry.problem(with: said, trusting: keys) {
                throw StartupError("--plugin-mode \(entry.kind)=\(said.rawValue): \(problem)")
            }
        }
        let missing = IsolatedDriver.missingProtection
        if isConfined, !missing.isEmpty, entries.contains(where: { $0.settings.isEnabled && mode(of: $0) == .isolated }) {
            throw StartupError(
                "this kernel lacks \(missing.joined(separator: " and ")), so plugins cannot be confined: disable them, or accept that they "
                    + "may read what this user may read with --unconfined-plugins")
        }
    }

    /// Throws `PluginFault.notLoadable`.
    func load(_ entry: PluginFolder.Entry) throws -> any ChannelDriver {
        let mode = mode(of: entry)
        if let problem = entry.problem(with: mode, trusting: folder.trustedKeys()) { throw PluginFault.notLoadable(problem) }
        let driver = try load(entry, mode)
        guard driver.description.kind == entry.kind else {
            throw PluginFault.notLoadable("it calls itself \(driver.description.kind)")
        }
        return driver
    }

    private func load(_ entry: PluginFolder.Entry, _ mode: PluginMode) throws -> any ChannelDriver {
        if mode == .linked {
            guard let plugin = linked.first(where: { $0.kind == entry.kind }) else {
                throw PluginFault.notLoadable("\(entry.kind) is not linked into this program")
            }
            return try StaticDriver(plugin)
        }
        if let file = entry.file { try Self.check(file, entry) }
        guard mode == .isolated else { return try DynamicDriver(path: entry.file?.path ?? "") }
        var options = IsolatedDriver.Options()
        options.isConfined = isConfined
        options.onChange = { [watch, kind = entry.kind] _ in watch.changed(kind) }
        guard let file = entry.file else { return try IsolatedDriver(linked: entry.kind, options: options) }
        // The process may start again at any time, and must not become what somebody put there meanwhile.
        let loaded = try entry.settings.sha256 ?? Digest.sha256([UInt8](Data(contentsOf: file))).hex
        options.check = {
            let now = Digest.sha256(try [UInt8](Data(contentsOf: file))).hex
            guard now == loaded else {
                throw PluginFault.notLoadable(Self.changed)
            }
        }
        let driver = try IsolatedDriver(path: file.path, options: options)
        if let manifest = entry.manifest, Digest.sha256(driver.descriptionText).hex != manifest.capabilities {
            throw PluginFault.notLoadable("its description is not the one that was signed")
        }
        return driver
    }

    private static let changed = "its file is not the one that was installed"

    /// Throws `PluginFault.notLoadable` when the file is not what was installed, or not what its manifest vouches for.
    private static func check(_ file: URL, _ entry: PluginFolder.Entry) throws {
        let bytes = try [UInt8](Data(contentsOf: file))
        if let manifest = entry.manifest, let problem = try manifest.problem(with: bytes) {
            throw PluginFault.notLoadable(problem)
        }
        if let installed = entry.settings.sha256, Digest.sha256(bytes).hex != installed { throw PluginFault.notLoadable(changed) }
    }
}
