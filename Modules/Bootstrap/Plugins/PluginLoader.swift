import Foundation
import Kernel
import Logging
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
    let logger: Logger

    /// How `entry` is loaded: as the command line says, else as it was set, else as is usual here.
    func mode(of entry: PluginFolder.Entry) -> PluginMode {
        if let said = modes.mode(of: entry.kind, isLinked: entry.isLinked) { return said }
        guard entry.settings.mode == .linked, let usual = defaults[entry.kind] else { return entry.settings.mode }
        return usual
    }

    /// The drivers of all that is enabled. A plugin that cannot be loaded is left out and said so: it takes nothing along.
    ///
    /// Throws `StartupError` when the command line asks for what cannot be, and when this kernel cannot confine plugins and nobody said
    /// that this is all right.
    func registry() throws -> DriverRegistry {
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
        let enabled = entries.filter(\.settings.isEnabled)
        let missing = IsolatedDriver.missingProtection
        if isConfined, !missing.isEmpty, enabled.contains(where: { mode(of: $0) == .isolated }) {
            throw StartupError(
                "this kernel lacks \(missing.joined(separator: " and ")), so plugins cannot be confined: disable them, or accept that they "
                    + "may read what this user may read with --unconfined-plugins")
        }
        var drivers: [any ChannelDriver] = []
        for entry in enabled {
            do {
                let driver = try load(entry)
                drivers.append(driver)
                let isUsual = entry.isLinked && driver.mode == .linked
                logger.log(
                    level: isUsual ? .debug : .notice, "plugin loaded",
                    metadata: ["kind": "\(entry.kind)", "mode": "\(driver.mode.rawValue)"])
            } catch {
                let reason = if case PluginFault.notLoadable(let text) = error { text } else { "\(error)" }
                logger.error("a plugin is left out", metadata: ["kind": "\(entry.kind)", "reason": "\(reason)"])
            }
        }
        do { return try DriverRegistry(drivers) } catch { throw StartupError("a channel plugin cannot be loaded: \(error)") }
    }

    private func load(_ entry: PluginFolder.Entry) throws -> any ChannelDriver {
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
        if let file = entry.file, let manifest = entry.manifest,
            let problem = try manifest.problem(with: try [UInt8](Data(contentsOf: file)))
        {
            throw PluginFault.notLoadable(problem)
        }
        guard mode == .isolated else { return try DynamicDriver(path: entry.file?.path ?? "") }
        var options = IsolatedDriver.Options()
        options.isConfined = isConfined
        options.onChange = { [watch, kind = entry.kind] _ in watch.changed(kind) }
        guard let file = entry.file else { return try IsolatedDriver(linked: entry.kind, options: options) }
        let driver = try IsolatedDriver(path: file.path, options: options)
        if let manifest = entry.manifest, Digest.sha256(driver.descriptionText).hex != manifest.capabilities {
            throw PluginFault.notLoadable("its description is not the one that was signed")
        }
        return driver
    }
}
