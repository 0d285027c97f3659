import Foundation
import Kernel
import PluginHost
import Vault

/// What a plugin's maker vouches for, in a file beside the shared object: `hello.so.json`.
struct PluginManifest: Codable, Equatable {
    let kind: String
    let version: String
    let abi: Int
    /// SHA-256 of the description that the plugin gives of itself, in hexadecimal.
    let capabilities: String
    /// SHA-256 of the shared object, in hexadecimal.
    let sha256: String
    /// The maker's Ed25519 key, in hexadecimal.
    let publicKey: String
    let signature: String

    static let abi = 1

    /// The bytes that are signed. Every value is on a line of its own and none holds a line break.
    private static func message(_ kind: String, _ version: String, _ abi: Int, _ capabilities: String, _ sha256: String)
        -> [UInt8]
    {
        Array("sevensales-plugin-1\n\(kind)\n\(version)\n\(abi)\n\(capabilities)\n\(sha256)\n".utf8)
    }

    /// Signs what `file` and `driver` are.
    init(of file: [UInt8], _ driver: IsolatedDriver, version: String, privateKey: [UInt8]) throws {
        guard !version.isEmpty, version.utf8.count <= 40, version.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw StartupError("--version: expected something like 1.0.0")
        }
        (kind, self.version, abi) = (driver.description.kind, version, Self.abi)
        capabilities = Digest.sha256(driver.descriptionText).hex
        sha256 = Digest.sha256(file).hex
        publicKey = try Ed25519.publicKey(of: privateKey).hex
        signature = try Ed25519.sign(Self.message(kind, version, abi, capabilities, sha256), with: privateKey).hex
    }

    /// Reads the manifest beside `file`; nil when there is none.
    static func beside(_ file: URL) throws -> PluginManifest? {
        let url = address(of: file)
        guard FileManager.default.fileExists(atPath: url.path) else { return nil }
        do { return try JSONDecoder().decode(PluginManifest.self, from: Data(contentsOf: url)) } catch {
            throw StartupError("\(url.path) is no plugin manifest: make it anew with sevensales plugin sign")
        }
    }

    static func address(of file: URL) -> URL { file.appendingPathExtension("json") }

    func write(beside file: URL) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try encoder.encode(self).write(to: Self.address(of: file), options: .atomic)
    }

    /// Why the manifest does not vouch for the file; nil when it does.
    func problem(with file: [UInt8]) throws -> String? {
        guard abi == Self.abi else { return "made for plugin interface \(abi), this is \(Self.abi)" }
        guard Digest.sha256(file).hex == sha256 else { return "the file is not the one that was signed" }
        guard let key = [UInt8](hex: publicKey), let signature = [UInt8](hex: signature),
            try Ed25519.isValid(signature, of: Self.message(kind, version, abi, capabilities, sha256), by: key)
        else { return "the signature is not valid" }
        return nil
    }
}
