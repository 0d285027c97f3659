import ArgumentParser
import Foundation
import Kernel
import PluginHost
import Vault

/// `sevensales plugin …`: channel plugins from their making to their use.
struct PluginCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plugin", abstract: "Signs, checks and installs channel plugins.",
        subcommands: [
            Keygen.self, Sign.self, Verify.self, Test.self, Install.self, List.self, Enable.self, Disable.self, Remove.self,
        ])

    /// A shared object of which nothing is known yet: it is only ever loaded in a process of its own.
    static func inspect(_ path: String) throws -> (file: URL, bytes: [UInt8], driver: IsolatedDriver) {
        let file = URL(filePath: path).standardizedFileURL
        guard let data = FileManager.default.contents(atPath: file.path) else {
            throw StartupError("\(path) cannot be read: name a plugin's shared object")
        }
        do { return (file, [UInt8](data), try IsolatedDriver(path: file.path)) } catch PluginFault.notLoadable(let reason) {
            throw StartupError("\(path) is no plugin that can be used: \(reason)")
        }
    }

    struct Keygen: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Makes a key to sign plugins with.")
        @Argument(help: "Where the private key goes; the public one goes beside it with .pub.") var file: String

        func run() throws {
            let key = try Ed25519.newPrivateKey()
            guard !FileManager.default.fileExists(atPath: file) else {
                throw StartupError("\(file) exists: a key is never replaced")
            }
            let made = FileManager.default.createFile(
                atPath: file, contents: Data((key.hex + "\n").utf8), attributes: [.posixPermissions: 0o600])
            guard made else { throw StartupError("\(file) cannot be written") }
            let publicKey = try Ed25519.publicKey(of: key).hex
            try Data((publicKey + "\n").utf8).write(to: URL(filePath: file + ".pub"))
            Program.say("private key: \(file) (keep it to yourself)\npublic key:  \(publicKey)")
        }
    }

    struct Sign: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Writes the signed manifest of a plugin beside it.")
        @Argument(help: "The plugin's shared object.") var file: String
        @Option(help: "The private key, made by keygen.") var key: String
        @Option(help: "The plugin's version, such as 1.0.0.") var version: String

        func run() throws {
            guard let text = try? String(contentsOfFile: key, encoding: .utf8),
                let privateKey = [UInt8](hex: text.trimmingCharacters(in: .whitespacesAndNewlines)),
                privateKey.count == Ed25519.keyLength
            else { throw StartupError("--key: \(key) holds no private key; make one with sevensales plugin keygen") }
            let plugin = try inspect(file)
            let manifest = try PluginManifest(of: plugin.bytes, plugin.driver, version: version, privateKey: privateKey)
            try manifest.write(beside: plugin.file)
            Program.say("\(manifest.kind) \(manifest.version) signed: \(PluginManifest.address(of: plugin.file).path)")
        }
    }

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Checks a plugin against its manifest.")
        @Argument(help: "The plugin's shared object.") var file: String

        func run() throws {
            let plugin = try inspect(file)
            guard let manifest = try PluginManifest.beside(plugin.file) else { throw StartupError("\(file) is not signed") }
            try check(manifest, plugin)
            Program.say("\(manifest.kind) \(manifest.version), signed by \(manifest.publicKey)")
        }
    }

    static func check(_ manifest: PluginManifest, _ plugin: (file: URL, bytes: [UInt8], driver: IsolatedDriver)) throws {
        if let problem = try manifest.problem(with: plugin.bytes) { throw StartupError("\(plugin.file.path): \(problem)") }
        guard manifest.kind == plugin.driver.description.kind,
            manifest.capabilities == Digest.sha256(plugin.driver.descriptionText).hex
        else { throw StartupError("\(plugin.file.path): its description is not the one that was signed") }
    }

    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Runs the contract kit against a plugin.")
        @Argument(help: "The plugin's shared object.") var file: String
        @Flag(help: "Print JSON, one check a line.") var json = false

        func run() async throws {
            let plugin = try inspect(file)
            let kit = ContractKit(driver: plugin.driver)
            let findings = await kit.run()
            for finding in findings {
                if json {
                    let encoder = JSONEncoder()
                    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
                    Program.say(String(decoding: try encoder.encode(finding), as: UTF8.self))
                } else {
                    Program.say(
                        "\(finding.isMet ? "✓" : "✗") \(finding.rule)\(finding.detail.isEmpty ? "" : ": \(finding.detail)")")
                }
            }
            let failed = findings.count { !$0.isMet }
            if !json { Program.say(failed == 0 ? "\(findings.count) rules kept" : "\(failed) of \(findings.count) rules broken") }
            if failed > 0 { throw ExitCode(1) }
        }
    }

    struct Install: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Copies a plugin into the installation. A running server has it after its next start.")
        @OptionGroup var common: CommonOptions
        @Argument(help: "The plugin's shared object.") var file: String
        @Flag(help: "Accept a plugin without a signature; it runs isolated.") var unsigned = false
        @Flag(help: "Trust its maker's key from now on.") var trust = false
        @Flag(help: "Run it in the server's own process: faster, and only for a trusted key.") var inProcess = false

        func run() throws {
            let folder = PluginFolder(try DataFolder(try common.options.configuration().data))
            let plugin = try inspect(file)
            let kind = plugin.driver.description.kind
            let builtIn = try BuiltInChannels(isDemo: false, watch: PluginWatch()).drivers
            guard !builtIn.contains(where: { $0.description.kind == kind }) else {
                throw StartupError("\(kind) is built in; a plugin needs a kind of its own")
            }
            let manifest = try PluginManifest.beside(plugin.file)
            if let manifest { try check(manifest, plugin) }
            guard manifest != nil || unsigned else {
                throw StartupError("\(file) is not signed: ask its maker for the manifest, or say --unsigned")
            }
            if trust, let manifest { try folder.trust(manifest.publicKey) }
            let isTrusted = manifest.map { folder.trustedKeys().contains($0.publicKey.lowercased()) } ?? false
            guard isTrusted || !inProcess else {
                throw StartupError("--in-process: the maker's key is not trusted; say --trust to trust it")
            }
            let mode: PluginFolder.Mode = inProcess ? .inProcess : .isolated
            try folder.install(plugin.file, kind: kind, manifest: manifest, settings: .init(isEnabled: true, mode: mode))
            try common.show(
                PluginLine(
                    kind: kind, version: manifest?.version, enabled: true, mode: mode.rawValue, signedBy: manifest?.publicKey),
                "\(kind) is installed (\(mode.rawValue)); restart the server to use it")
        }
    }

    struct PluginLine: Encodable {
        let kind: String
        let version: String?
        let enabled: Bool
        let mode: String
        let signedBy: String?
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the installed plugins.")
        @OptionGroup var common: CommonOptions

        func run() throws {
            for entry in try PluginFolder(try DataFolder(try common.options.configuration().data)).entries() {
                try common.show(
                    PluginLine(
                        kind: entry.kind, version: entry.manifest?.version, enabled: entry.settings.isEnabled,
                        mode: entry.settings.mode.rawValue, signedBy: entry.manifest?.publicKey),
                    "\(entry.kind) \(entry.manifest?.version ?? "unsigned") \(entry.settings.mode.rawValue) "
                        + (entry.settings.isEnabled ? "enabled" : "disabled"))
            }
        }
    }

    struct Enable: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lets the server load a plugin with its next start.")
        @OptionGroup var common: CommonOptions
        @Argument(help: "The channel's kind.") var kind: String
        func run() throws { try PluginCommand.change(kind, common) { $0.isEnabled = true } }
    }

    struct Disable: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Keeps the server from loading a plugin with its next start.")
        @OptionGroup var common: CommonOptions
        @Argument(help: "The channel's kind.") var kind: String
        func run() throws { try PluginCommand.change(kind, common) { $0.isEnabled = false } }
    }

    private static func change(_ kind: String, _ common: CommonOptions, _ body: (inout PluginFolder.Settings) -> Void) throws {
        let folder = PluginFolder(try DataFolder(try common.options.configuration().data))
        guard var entry = try folder.entry(kind) else {
            throw StartupError("no plugin \(kind) is installed; see sevensales plugin list")
        }
        body(&entry.settings)
        try folder.save(entry.settings, of: kind)
        Program.say("\(kind) is \(entry.settings.isEnabled ? "enabled" : "disabled"); restart the server")
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Removes a plugin's files. Its channels stay, without a driver.")
        @OptionGroup var common: CommonOptions
        @Argument(help: "The channel's kind.") var kind: String

        func run() throws {
            let folder = PluginFolder(try DataFolder(try common.options.configuration().data))
            guard try folder.entry(kind) != nil else {
                throw StartupError("no plugin \(kind) is installed; see sevensales plugin list")
            }
            try folder.remove(kind)
            Program.say("\(kind) is removed")
        }
    }
}
