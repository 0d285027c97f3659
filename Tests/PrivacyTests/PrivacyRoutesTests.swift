import AuditInterface
import Foundation
import HTTPTypes
import Kernel
import Privacy
import PrivacyInterface
import TestSupport
import Testing
import WebSupport

struct PrivacyRoutesTests {
    let account = AccountID()
    let user = UserID()
    let contact = ContactID()
    let time = VirtualTime()
    let audit = RecordingAuditTrail()

    private func module(_ engine: TestEngine) async throws -> PrivacyModule {
        let (known, owner) = (contact, account)
        return PrivacyModule(
            database: try await engine.database(PrivacyModule.migrations), audit: audit, time: time,
            dataMap: [
                "CRM": ["crm_contact": ["name": .sealed, "id": .identifier]], "Audit": ["audit_entry": ["id": .identifier]],
            ],
            hasContact: { $0 == known && $1 == owner })
    }

    private func body(_ contact: ContactID, given: Bool = true) -> String {
        """
        {"contact":"\(contact)","purpose":"marketing","given":\(given),"source":"inbox","text_version":"3",
         "text_hash":"\(String(repeating: "0f", count: 32))"}
        """
    }

    @Test(arguments: TestEngine.all)
    func `a consent is recorded, listed, and both leave a line that names the contact`(engine: TestEngine) async throws {
        let module = try await module(engine)
        let reader = Principal.owner(of: account, user: user)
        let made = try await module.routes.call(.post, "/api/v1/privacy/consents", as: reader, body: body(contact))
        #expect(made.status == 201)
        #expect(try made.object()["occurred_at"] as? String == time.now().description)
        let list = try await module.routes.call(
            .get, "/api/v1/privacy/consents", as: reader, query: "contact=\(contact)"
        ).items()
        #expect(list.map { $0["purpose"] as? String } == ["marketing"])
        #expect(list.map { $0["text_version"] as? String } == ["3"])
        #expect(audit.actions == ["consent.given", "consents.viewed"])
        #expect(audit.entries.allSatisfy { $0.actor == .user(user) && $0.object == "contact/\(contact)" })
        #expect(try await module.consents.holds("marketing", subject: contact, account: account))
    }

    @Test(arguments: TestEngine.all)
    func `A-02 another account's contact is as absent as one that never was`(engine: TestEngine) async throws {
        let module = try await module(engine)
        for (principal, id) in [(Principal.owner(of: AccountID()), contact), (.owner(of: account), ContactID())] {
            await #expect(throws: Problem.notFound) {
                _ = try await module.routes.call(.get, "/api/v1/privacy/consents", as: principal, query: "contact=\(id)")
            }
            await #expect(throws: Problem.notFound) {
                _ = try await module.routes.call(.post, "/api/v1/privacy/consents", as: principal, body: body(id))
            }
        }
        #expect(audit.entries.isEmpty)
    }

    @Test func `the data map shows every module's tables, sorted`() async throws {
        let answer = try await module(.sqlite).routes.call(.get, "/api/v1/privacy/data-map", as: .owner(of: account))
        let modules = try #require(try answer.object()["modules"] as? [[String: Any]])
        #expect(modules.map { $0["name"] as? String } == ["Audit", "CRM"])
        let tables = try #require(modules.last?["tables"] as? [[String: Any]])
        let columns = try #require(tables.first?["columns"] as? [[String: String]])
        #expect(columns == [["name": "id", "holds": "identifier"], ["name": "name", "holds": "sealed"]])
    }

    @Test func `every route has the privacy permissions`() async throws {
        for route in try await module(.sqlite).routes {
            #expect(route.access == .permission(route.method == .get ? .readPrivacy : .writePrivacy), "\(route.path)")
        }
    }
}
