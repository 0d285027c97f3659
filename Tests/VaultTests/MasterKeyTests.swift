import Foundation
import Testing

@testable import Vault

final class MasterKeyTests {
    let folder = FileManager.default.temporaryDirectory.appending(path: "master-key-\(UUID())").path
    var file: String { folder + "/master.key" }

    init() throws { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private func write(_ bytes: [UInt8], mode: Int = 0o400) throws {
        try #require(
            FileManager.default.createFile(atPath: file, contents: Data(bytes), attributes: [.posixPermissions: mode]))
    }

    @Test func `a generated key is the one that is loaded`() throws {
        let made = try MasterKey.generate(at: file)
        #expect(try MasterKey.load(file).matches(made.verifier))
        let attributes = try FileManager.default.attributesOfItem(atPath: file)
        #expect(attributes[.posixPermissions] as? Int == 0o400)
        #expect(attributes[.size] as? Int == 32)
    }

    @Test func `an existing file is never overwritten`() throws {
        try write([1, 2, 3])
        #expect(throws: VaultError.masterKeyExists(file: file)) { try MasterKey.generate(at: file) }
        #expect(FileManager.default.contents(atPath: file) == Data([1, 2, 3]))
    }

    @Test func `a dangling link is not followed`() throws {
        try FileManager.default.createSymbolicLink(atPath: file, withDestinationPath: folder + "/elsewhere")
        #expect(throws: VaultError.masterKeyExists(file: file)) { try MasterKey.generate(at: file) }
        #expect(!FileManager.default.fileExists(atPath: folder + "/elsewhere"))
    }

    @Test func `a folder that is not there is named in the error`() throws {
        let error = #expect(throws: VaultError.self) { try MasterKey.generate(at: folder + "/none/master.key") }
        #expect(error?.description.contains("none/master.key: No such file") == true)
    }

    @Test func `a missing key is told apart from an unreadable one`() throws {
        #expect(throws: VaultError.masterKeyMissing(file: file)) { try MasterKey.load(file) }
        let error = #expect(throws: VaultError.self) { try MasterKey.load(folder) }
        #expect(error?.description.contains("not a regular file") == true)
    }

    @Test(arguments: [0, 31, 33, 64])
    func `a key of another size is refused`(count: Int) throws {
        try write([UInt8](repeating: 7, count: count))
        #expect(throws: VaultError.masterKeyWrongSize(file: file, bytes: count)) { try MasterKey.load(file) }
    }

    @Test(arguments: [0o440, 0o404, 0o644, 0o600 | 0o020])
    func `a key that others may touch is refused, with the remedy`(mode: Int) throws {
        try write([UInt8](repeating: 7, count: 32), mode: mode)
        let error = #expect(throws: VaultError.self) { try MasterKey.load(file) }
        #expect(error == .masterKeyTooOpen(file: file, mode: UInt32(mode)))
        #expect(error?.description.contains("chmod 400 \(file)") == true)
    }

    @Test func `hexadecimal and every kind of base64 give the same key`() throws {
        let bytes = (0..<32).map { UInt8(truncatingIfNeeded: 251 + $0 * 7) }
        let expected = try MasterKey(material: KeyMaterial(copying: bytes)).verifier
        let padded = Data(bytes).base64EncodedString()
        let texts = [bytes.hex, bytes.hex.uppercased(), padded, String(padded.dropLast()), bytes.base64URL]
        for text in texts + texts.map({ " \($0)\n" }) {
            #expect(try MasterKey(text: text).matches(expected), "\(text)")
        }
    }

    @Test(arguments: [
        "", " ", "=", "secret", String(repeating: "0", count: 63), String(repeating: "0", count: 66),
        String(repeating: "A", count: 42), String(repeating: "A", count: 43) + "==", String(repeating: "A", count: 44),
    ])
    func `any other text is refused`(text: String) {
        #expect(throws: VaultError.masterKeyText) { try MasterKey(text: text) }
    }

    @Test func `a wrong key is recognised by the stored verifier`() throws {
        let (mine, theirs) = (try MasterKey(), try MasterKey())
        #expect(try mine.matches(mine.verifier))
        #expect(try !mine.matches(theirs.verifier))
        #expect(try !mine.matches([]))
        #expect(try mine.fingerprint == mine.verifier.prefix(4).hex)
        try mine.requireMatch(mine.verifier)
        #expect(throws: VaultError.wrongMasterKey(stored: try theirs.fingerprint, loaded: try mine.fingerprint)) {
            try mine.requireMatch(theirs.verifier)
        }
    }
}
