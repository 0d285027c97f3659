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
            Keygen.self, Sign.self, Verify.self, Test.self, Install.self, List.self, SetMode.self, Enable.self, Disable.self,
            Release.self, Remove.self,
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
}
