/// What went wrong in Vault, and what a person can do about it. No description contains a secret.
package enum VaultError: Error, Hashable {
    /// The key was destroyed to erase its subject. What it sealed is unreadable for ever; show it as erased.
    case keyDestroyed(KeyReference)
    /// A stored key does not open under the master key in use.
    case keyNotUnwrapped(KeyReference)
    /// A sealed value does not open: changed, moved to another row or column, or sealed under another key.
    case notAuthentic
    /// The value opened, and is not UTF-8 text.
    case notText
    /// The value is larger than one sealed value may be.
    case tooLarge(limit: Int)

    case masterKeyMissing(file: String)
    case masterKeyExists(file: String)
    case masterKeyWrongSize(file: String, bytes: Int)
    case masterKeyTooOpen(file: String, mode: UInt32)
    case masterKeyFile(file: String, action: String, reason: String)
    case masterKeyText
    /// The data was sealed under another master key. Both values are fingerprints.
    case wrongMasterKey(stored: String, loaded: String)

    case passwordTooLong(limit: Int)
    /// A stored password hash that this program did not write, or that asks for absurd work.
    case malformedPasswordHash(String)
    /// More passwords are waiting to be hashed than can be answered in reasonable time; try again in a few seconds.
    case busy
    /// libcrypto itself failed: no memory, or a broken installation.
    case cryptography(String)
}

extension VaultError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .keyDestroyed(let key):
            "The \(key) was destroyed to erase its data. This cannot be undone; treat what it sealed as erased."
        case .keyNotUnwrapped(let key):
            "The \(key) does not open under this master key. Either it is not the one the data was sealed with, or "
                + "the key store is damaged: check the key's fingerprint, then restore the key store from a backup."
        case .notAuthentic:
            "A sealed value was changed, moved to another row, or sealed under another key. Restore the row from backup."
        case .notText: "A sealed value was read as text and is not UTF-8. Read it as bytes."
        case .tooLarge(let limit): "A value to seal may have at most \(limit) bytes. Split it."
        case .masterKeyMissing(let file):
            "There is no master key at \(file). Restore it from your safe copy; only for a new, empty installation run "
                + "`sevensales init` to make one."
        case .masterKeyExists(let file):
            "\(file) exists already, and overwriting a master key loses all data sealed with it. Choose another path."
        case .masterKeyWrongSize(let file, let bytes):
            "\(file) has \(bytes) bytes, and a master key has \(MasterKey.size). Restore it from your safe copy."
        case .masterKeyTooOpen(let file, let mode):
            "\(file) may be read by other users (mode \(String(mode, radix: 8))). Run: chmod 400 \(file)"
        case .masterKeyFile(let file, let action, let reason):
            "Could not \(action) \(file): \(reason). Check the path, its owner and the file system."
        case .masterKeyText:
            "The master key in the configuration must be \(MasterKey.size) bytes as 64 hexadecimal digits or as base64."
        case .wrongMasterKey(let stored, let loaded):
            "The data was sealed under master key \(stored), and the one loaded is \(loaded). Load the right one; "
                + "nothing was changed."
        case .passwordTooLong(let limit): "A password may have at most \(limit) bytes."
        case .malformedPasswordHash(let reason):
            "A stored password hash cannot be used (\(reason)). Let the person set a new password."
        case .busy: "Too many passwords are being checked at once. Try again in a few seconds."
        case .cryptography(let reason): "libcrypto failed: \(reason). Check free memory and the OpenSSL installation."
        }
    }
}
