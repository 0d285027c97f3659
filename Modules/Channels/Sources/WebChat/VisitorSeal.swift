import ChannelsInterface
import Foundation
import Kernel
import Vault

/// Seals and opens what is kept of a visitor, under the key of their identity: erasing the person makes it unreadable.
struct VisitorSeal: Sendable {
    let key: SubjectKey
    let id: Identifier<VisitorSubject>
    let account: AccountID

    func seal(name: String) throws -> [UInt8] { try key.seal(name, as: context("name")).stored }

    func name(_ row: VisitorRow) throws -> String { try key.openText(Sealed(stored: row.name), as: context("name")) }

    /// Nil when nothing was said.
    func seal(_ answers: VisitorAnswers) throws -> [UInt8]? {
        guard answers != VisitorAnswers() else { return nil }
        return try key.seal([UInt8](JSONEncoder().encode(answers)), as: context("answers")).stored
    }

    func answers(_ row: VisitorRow) throws -> VisitorAnswers { try answers(row.answers) }

    func answers(_ sealed: [UInt8]?) throws -> VisitorAnswers {
        guard let bytes = sealed else { return VisitorAnswers() }
        return try JSONDecoder().decode(
            VisitorAnswers.self, from: Data(try key.open(Sealed(stored: bytes), as: context("answers"))))
    }

    private func context(_ column: String) -> SealContext {
        SealContext(table: "channels_visitor", column: column, row: id, account: account)
    }
}
