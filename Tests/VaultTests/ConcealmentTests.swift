import Foundation
import Kernel
import Testing

@testable import Vault

struct ConcealmentTests {
    let account = AccountID()

    /// Every way in which a value turns into text without anyone asking for its content.
    private func renderings(of value: Any) -> [String] {
        var dumped = ""
        dump(value, to: &dumped)
        var printed = ""
        debugPrint(value, [value], ["key": value], to: &printed)
        let mirrored = Mirror(reflecting: value).children.map { "\($0.label ?? ""): \($0.value)" }
        return [String(describing: value), String(reflecting: value), "\(value)", dumped, printed] + mirrored
    }

    /// The ways in which bytes commonly appear in text.
    private func forms(of bytes: [UInt8]) -> [String] {
        let head = Array(bytes.prefix(6))
        return [
            head.hex, head.map(String.init).joined(separator: ", "), Data(head).base64EncodedString(), head.base64URL,
        ]
    }

    @Test func `a sealed value shows its size only`() async throws {
        let vault = try Vault(master: MasterKey(), store: InMemoryKeyStore())
        let sealed = try await vault.accountKey(account).seal(
            "secret", as: SealContext(table: "t", column: "c", row: [1], account: account))
        #expect("\(sealed)" == "sealed(35 bytes)")
        #expect(Mirror(reflecting: sealed).children.isEmpty)
        for text in renderings(of: sealed) {
            for form in forms(of: sealed.stored) { #expect(!text.contains(form)) }
        }
    }

    @Test func `the test above would notice a leak`() {
        let text = renderings(of: [UInt8](1...6)).joined()
        #expect(forms(of: [UInt8](1...6)).contains { text.contains($0) })
    }

    @Test func `no secret can be encoded`() throws {
        let sealed: Any = Sealed(stored: [1, 2, 3])
        let token: Any = try Token()
        let master: Any = try MasterKey()
        #expect(!(sealed is any Encodable) && !(token is any Encodable) && !(master is any Encodable))
        #expect(!JSONSerialization.isValidJSONObject(["sealed": sealed]))
    }

    @Test func `a token shows only when asked for its text`() throws {
        let token = try Token(prefix: "ssk_")
        for text in renderings(of: token) { #expect(!text.contains(token.text.dropFirst(4).prefix(8))) }
    }

    @Test func `keys show nothing`() async throws {
        let bytes = [UInt8](100..<132)
        let material = try KeyMaterial(copying: bytes)
        let holders: [Any] = [
            material, MasterKey(material: material), try SubjectKey(root: material), BlindIndexer(key: material),
            try AccountKeys(root: material), try KeyWrapping(root: material),
        ]
        let derived = try [.wrapping, .sealing, .blindIndex].map { try material.derived(for: $0) }
        let secrets = [bytes] + derived.map { $0.withUnsafeBytes { Array($0) } }
        for text in holders.flatMap(renderings) {
            for form in secrets.flatMap(forms) { #expect(!text.contains(form)) }
        }
    }
}
