import Kernel
import Testing
import Vault

struct VaultErrorTests {
    @Test func `each error says what to do`() {
        let key = KeyReference(subject: KeyID(), account: AccountID())
        let remedies: [(VaultError, String)] = [
            (.keyDestroyed(key), "treat what it sealed as erased"), (.keyNotUnwrapped(key), "restore the key store"),
            (.notAuthentic, "Restore the row"), (.notText, "Read it as bytes"), (.tooLarge(limit: 1), "Split it"),
            (.masterKeyMissing(file: "/k"), "sevensales init"), (.masterKeyExists(file: "/k"), "Choose another path"),
            (.masterKeyWrongSize(file: "/k", bytes: 3), "Restore it"),
            (.masterKeyTooOpen(file: "/k", mode: 0o644), "(mode 644). Run: chmod 400 /k"),
            (.masterKeyFile(file: "/k", action: "open", reason: "no"), "Check the path"),
            (.masterKeyText, "64 hexadecimal digits"),
            (.wrongMasterKey(stored: "a", loaded: "b"), "Load the right one"),
            (.passwordTooLong(limit: 1), "at most 1 bytes"), (.malformedPasswordHash("x"), "set a new password"),
            (.busy, "Try again"), (.cryptography("x"), "Check free memory"),
        ]
        for (error, remedy) in remedies { #expect(error.description.contains(remedy)) }
    }
}
