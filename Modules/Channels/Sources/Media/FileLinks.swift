import ChannelsInterface
import Foundation
import Kernel
import Persistence
import Vault

/// Addresses under which a provider may fetch a file for a while, for those that take files as links only.
struct FileLinks: Sendable {
    let database: any Database
    let vault: Vault
    let time: any TimeSource
    let publicURL: String

    /// A provider fetches at once, or after its own queue has cleared.
    private static let validity = Duration.seconds(1_800)
    private static let purpose = "channels.file-link"

    /// Nil without a public HTTPS address: no provider could come.
    func link(to id: FileID, name: String, account: AccountID) async throws -> String? {
        guard publicURL.hasPrefix("https://") else { return nil }
        let end = time.now().advanced(by: Self.validity).microseconds
        let proof = try await proof(id, end, account)
        let token = Data(account.bytes + id.bytes + Self.bytes(end) + proof).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        // Some providers take the kind of a file from the ending of its address.
        let ending = name.split(separator: ".").last.map(String.init) ?? ""
        let isPlain =
            (1...5).contains(ending.utf8.count) && ending.utf8.allSatisfy { (48...57).contains($0) || (97...122).contains($0) }
        return "\(publicURL)/files/\(token)/file\(isPlain ? "." + ending : "")"
    }

    /// Nil for what `link` did not make, or too long ago.
    func open(_ token: String) async throws -> (id: FileID, account: AccountID)? {
        guard token.utf8.count <= 100 else { return nil }
        var text = token.replacing("-", with: "+").replacing("_", with: "/")
        text += String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        guard let data = Data(base64Encoded: text), data.count == 56 else { return nil }
        let bytes = [UInt8](data)
        guard let account = AccountID(bytes: Array(bytes[0..<16])), let id = FileID(bytes: Array(bytes[16..<32])) else {
            return nil
        }
        let end = bytes[32..<40].reduce(Int64(0)) { $0 << 8 | Int64($1) }
        guard time.now().microseconds < end else { return nil }
        // Before any key is asked for: an account of somebody's invention must not get one.
        guard try await database.read(in: account, { try MediaStore(transaction: $0).find(id, of: account) }) != nil else {
            return nil
        }
        let expected = try await proof(id, end, account)
        // Every byte is looked at, whatever the first ones say.
        let difference = zip(expected, bytes[40...]).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) }
        return difference == 0 ? (id, account) : nil
    }

    private func proof(_ id: FileID, _ end: Int64, _ account: AccountID) async throws -> [UInt8] {
        try await vault.blindIndexer(in: account).index("\(id)|\(end)", purpose: Self.purpose)
    }

    private static func bytes(_ number: Int64) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }
}
