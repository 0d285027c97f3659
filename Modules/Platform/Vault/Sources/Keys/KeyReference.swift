package import Kernel

package enum KeySubject {}

/// Whose key it is: the contact's or user's own id, `KeyID(sameAs: contact)`.
package typealias KeyID = Identifier<KeySubject>

/// The name of one stored key.
package struct KeyReference: Hashable, Sendable {
    /// Stored as a number; never renumber.
    package enum Kind: UInt8, Sendable {
        /// The account's own key, which wraps the keys of its subjects.
        case account = 1
        /// The key of one contact or user.
        case subject = 2
    }

    package let account: AccountID
    package let kind: Kind
    /// The subject; for an account's own key, the account again.
    package let id: KeyID

    /// The key of the account itself.
    package init(account: AccountID) {
        (self.account, kind, id) = (account, .account, KeyID(sameAs: account))
    }

    /// The key of one subject of an account.
    package init(subject: KeyID, account: AccountID) {
        (self.account, kind, id) = (account, .subject, subject)
    }

    /// What a wrapped key is bound to, so that it opens under no other name.
    var associatedData: [UInt8] {
        var data = AssociatedData()
        data.append([kind.rawValue])
        data.append(account)
        data.append(id)
        return data.bytes
    }
}

extension KeyReference: CustomStringConvertible {
    package var description: String {
        switch kind {
        case .account: "key of account \(account)"
        case .subject: "key of subject \(id) in account \(account)"
        }
    }
}
