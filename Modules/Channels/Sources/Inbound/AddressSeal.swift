import ChannelsInterface
import Kernel
import Vault

/// A chat's address, sealed under the key of the person it reaches: erasing them makes it unreadable wherever it was copied.
enum AddressSeal {
    private static func context(_ account: AccountID) -> SealContext {
        SealContext(table: "channels_address", column: "thread", row: [UInt8](), account: account)
    }

    static func seal(_ thread: String, identity: [UInt8], key: SubjectKey, account: AccountID) throws -> SealedAddress {
        SealedAddress(bytes: identity + (try key.seal(thread, as: context(account))).stored)
    }

    /// Throws `VaultError.keyDestroyed` when the person was erased.
    static func open(_ address: SealedAddress, vault: Vault, account: AccountID) async throws -> String {
        guard address.bytes.count > 16 else { throw VaultError.notAuthentic }
        let identity = Array(address.bytes.prefix(16))
        let key = try await vault.key(for: try Intake.keyID(identity), in: account)
        return try key.openText(Sealed(stored: Array(address.bytes.dropFirst(16))), as: context(account))
    }
}
