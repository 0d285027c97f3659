import ArgumentParser
import Foundation
import Kernel
import PluginHost

/// What is installed, and how each plugin is loaded.
extension PluginCommand {
    struct Line: Encodable {
        let kind: String
        /// Part of the program; what is installed under its kind may take its place.
        let linked: Bool
        let installed: Bool
        let version: String?
        let enabled: Bool
        let mode: String
        let signedBy: String?

        init(_ entry: PluginFolder.Entry, mode: PluginMode) {
            (kind, linked, installed) = (entry.kind, entry.isLinked, entry.file != nil)
            (version, signedBy) = (entry.manifest?.version, entry.manifest?.publicKey)
            (enabled, self.mode) = (entry.settings.isEnabled, mode.rawValue)
        }

        var text: String {
            let origin = installed ? "installed \(version ?? "unsigned")\(linked ? ", also linked" : "")" : "linked"
            return "\(kind) \(mode) \(enabled ? "enabled" : "disabled") (\(origin))"
        }
    }

    fileprivate static func folder(_ configuration: Configuration) throws -> PluginFolder {
        let linked: [LinkedPlugin]
        do { linked = try LinkedPlugins.all() } catch { throw StartupError("a channel plugin cannot be loaded: \(error)") }
        return PluginFolder(try DataFolder(configuration.data), linked: Set(linked.map(\.kind)))
    }

    struct Install: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Copies a plugin into the installation. A running server has it within seconds.")
        @OptionGroup var common: CommonOptions
        @Argument(help: "The plugin's shared object.") var file: String
        @Flag(help: "Accept a plugin without a signature; it runs isolated.") var unsigned = false
        @Flag(help: "Trust its maker's key from now on.") var trust = false
        @Flag(help: "Run it in the server's own process: faster, and only for a trusted key.") var inProcess = false

        func run() throws {
            let folder = try PluginCommand.folder(try common.options.configuration())
            let plugin = try PluginCommand.inspect(file)
            let kind = plugin.driver.description.kind
            let manifest = try PluginManifest.beside(plugin.file)
            if let manifest { try PluginCommand.check(manifest, plugin) }
            guard manifest != nil || unsigned else {
                throw StartupError("\(file) is not signed: ask its maker for the manifest, or say --unsigned")
            }
            if trust, let manifest { try folder.trust(manifest.publicKey) }
            let isTrusted = manifest.map { folder.trustedKeys().contains($0.publicKey.lowercased()) } ?? false
            guard isTrusted || !inProcess else {
                throw StartupError("--in-process: the maker's key is not trusted; say --trust to trust it")
            }
            let known = try folder.entry(kind)
            // What is linked stays in use until somebody says otherwise; what replaces a plugin is not trusted as the old one was.
            let isLinkedInUse = known.map { $0.isLinked && $0.settings.mode == .linked } ?? false
            let mode: PluginMode = inProcess ? .inProcess : isLinkedInUse ? .linked : .isolated
            try folder.install(plugin.file, kind: kind, manifest: manifest, settings: .init(isEnabled: true, mode: mode))
            guard let entry = try folder.entry(kind) else { throw StartupError("\(kind) was removed meanwhile") }
            try common.show(
                Line(entry, mode: mode),
                mode == .linked
                    ? "\(kind) is installed, but the one that is linked in stays in use: sevensales plugin mode \(kind) isolated"
                        + " lets it take its place"
                    : "\(kind) is installed (\(mode.rawValue)); a running server has it within seconds")
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the linked and the installed plugins, and how each is loaded.")
        @OptionGroup var common: CommonOptions

        func run() throws {
            let configuration = try common.options.configuration()
            for entry in try PluginCommand.folder(configuration).entries() {
                let mode = configuration.pluginModes.mode(of: entry.kind, isLinked: entry.isLinked) ?? entry.settings.mode
                let line = Line(entry, mode: mode)
                try common.show(line, line.text)
            }
        }
    }

    struct SetMode: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "mode", abstract: "Says how a plugin is loaded: linked, isolated or in-process.")
        @OptionGroup var common: CommonOptions
        @Argument(help: "The channel's kind.") var kind: String
        @Argument(
            help:
                "linked: the code in the program; isolated: in a process of its own; in-process: a trusted shared object in the server's."
        )
        var mode: String

        func run() throws {
            let mode = try PluginModes.mode(mode, "MODE")
            try PluginCommand.change(kind, common) { entry, folder in
                if let problem = entry.problem(with: mode, trusting: folder.trustedKeys()) {
                    throw StartupError("\(kind): \(problem)")
                }
                entry.settings.mode = mode
            }
        }
    }

    struct Enable: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lets the server use a plugin.")
        @OptionGroup var common: CommonOptions
        @Argument(help: "The channel's kind.") var kind: String
        func run() throws { try PluginCommand.change(kind, common) { entry, _ in entry.settings.isEnabled = true } }
    }

    struct Disable: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Keeps the server from using a plugin. Its channels stay, and what they are to send waits.")
        @OptionGroup var common: CommonOptions
        @Argument(help: "The channel's kind.") var kind: String
        func run() throws { try PluginCommand.change(kind, common) { entry, _ in entry.settings.isEnabled = false } }
    }

    fileprivate static func change(
        _ kind: String, _ common: CommonOptions, _ body: (inout PluginFolder.Entry, PluginFolder) throws -> Void
    ) throws {
        let folder = try folder(try common.options.configuration())
        guard var entry = try folder.entry(kind) else {
            throw StartupError("no plugin \(kind) is linked or installed; see sevensales plugin list")
        }
        try body(&entry, folder)
        try folder.save(entry.settings, of: kind)
        let line = Line(entry, mode: entry.settings.mode)
        try common.show(line, line.text)
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Removes an installed plugin's files. Its channels stay, and wait unless the plugin is also linked in.")
        @OptionGroup var common: CommonOptions
        @Argument(help: "The channel's kind.") var kind: String

        func run() throws {
            let folder = try PluginCommand.folder(try common.options.configuration())
            guard let entry = try folder.entry(kind), entry.file != nil else {
                throw StartupError("no plugin \(kind) is installed; see sevensales plugin list")
            }
            try folder.remove(kind)
            Program.say("\(kind) is removed\(entry.isLinked ? "; the one that is linked in is used" : "")")
        }
    }

    struct Release: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lets a plugin try again that crashed too often and was switched off.")
        @OptionGroup var common: CommonOptions
        @Argument(help: "The channel's kind.") var kind: String

        func run() throws {
            try PluginCommand.folder(try common.options.configuration()).release(kind)
            Program.say("\(kind) is released; a running server starts it within seconds")
        }
    }
}
