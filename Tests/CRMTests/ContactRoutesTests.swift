import AuditInterface
import CRM
import CRMInterface
import Foundation
import HTTPTypes
import Kernel
import Persistence
import TestSupport
import Testing
import Vault
import WebSupport

struct ContactRoutesTests {
    let account = AccountID()
    let user = UserID()
    let time = VirtualTime()
    let audit = RecordingAuditTrail()

    private func module(_ engine: TestEngine) async throws -> (CRMModule, ContactID) {
        let database = try await engine.database(CRMModule.migrations, sink: RecordingSink())
        let (id, account) = (ContactID(), account)
        let module = CRMModule(database: database, vault: try .forTests(), audit: audit, time: time) { ids, asked in
            guard asked == account, ids.contains(id) else { return [:] }
            return [id: [ContactIdentity(channelKind: "telegram", handle: "@aigerim")]]
        }
        let contacts = module.contacts
        let prepared = try await contacts.prepare(id, name: "Aigerim", language: nil, account: account, at: time.now())
        try await database.write(in: account) { try contacts.create(prepared, in: $0) }
        return (module, id)
    }

    @Test(arguments: TestEngine.all)
    func `a contact is shown with its identities, in the contract's shape`(engine: TestEngine) async throws {
        let (module, id) = try await module(engine)
        let one = try await module.routes.call(
            .get, "/api/v1/contacts/{id}", as: .owner(of: account), parameters: ["id": "\(id)"]
        ).object()
        #expect(Set(one.keys) == ["id", "name", "picture", "identities", "created_at"])
        #expect(one["name"] as? String == "Aigerim")
        let identity = try #require((one["identities"] as? [[String: Any]])?.first)
        #expect(identity["channel_kind"] as? String == "telegram")
        #expect(identity["handle"] as? String == "@aigerim")
        let list = try await module.routes.call(.get, "/api/v1/contacts", as: .owner(of: account)).items()
        #expect(list.map { $0["id"] as? String } == [id.description])
        #expect((list.first?["identities"] as? [[String: Any]])?.count == 1)
    }

    @Test(arguments: TestEngine.all)
    func `renaming is recorded with who did it`(engine: TestEngine) async throws {
        let (module, id) = try await module(engine)
        let answer = try await module.routes.call(
            .patch, "/api/v1/contacts/{id}", as: .owner(of: account, user: user), parameters: ["id": "\(id)"],
            body: #"{"name":" Aigerim S. "}"#)
        #expect(try answer.object()["name"] as? String == "Aigerim S.")
        let line = try #require(audit.entries.last)
        #expect(line.action == "contact.renamed")
        #expect(line.actor == .user(user))
        #expect(line.object == "contact/\(id)")
        #expect(!line.detail.contains("Aigerim"))
    }

    @Test(arguments: TestEngine.all)
    func `A-01 another account's contact is as absent as one that never was`(engine: TestEngine) async throws {
        let (module, id) = try await module(engine)
        let stranger = Principal.owner(of: AccountID())
        for parameter in [id.description, ContactID().description, "no-id"] {
            await #expect(throws: Problem.notFound) {
                _ = try await module.routes.call(
                    .get, "/api/v1/contacts/{id}", as: stranger, parameters: ["id": parameter])
            }
            await #expect(throws: Problem.notFound) {
                _ = try await module.routes.call(
                    .patch, "/api/v1/contacts/{id}", as: stranger, parameters: ["id": parameter], body: #"{"name":"X"}"#)
            }
        }
        #expect(try await module.routes.call(.get, "/api/v1/contacts", as: stranger).items().isEmpty)
    }

    @Test func `T18 every read is recorded and every route has its permission`() async throws {
        for route in try await module(.sqlite).0.routes {
            if route.method == .get {
                #expect(route.access == .permission(.readContacts))
                guard case .read = route.audit else {
                    Issue.record("\(route.path) records no read")
                    continue
                }
            } else {
                #expect(route.access == .permission(.writeContacts))
                #expect(route.audit == .inTransaction)
            }
        }
    }
}
