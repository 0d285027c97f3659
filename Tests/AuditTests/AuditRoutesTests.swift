import Audit
import AuditInterface
import Foundation
import HTTPTypes
import Kernel
import TestSupport
import Testing
import WebSupport

struct AuditRoutesTests {
    let account = AccountID()
    let user = UserID()
    let time = VirtualTime()

    private func module(_ engine: TestEngine) async throws -> AuditModule {
        let user = user
        return AuditModule(database: try await engine.database(AuditModule.migrations), time: time) { actor, _ in
            actor == .user(user) ? "Aigerim" : nil
        }
    }

    @Test(arguments: TestEngine.all)
    func `the trail names who acted`(engine: TestEngine) async throws {
        let module = try await module(engine)
        let first = AuditEntry(occurredAt: time.now(), actor: .bot, action: "bot.replied", object: "conversation/1")
        try await module.trail.append(first, account: account)
        time.advance(by: .seconds(1))
        try await module.recordRead(.owner(of: account, user: user), "contact.viewed", "/api/v1/contacts/7")

        let answer = try await module.routes.call(.get, "/api/v1/audit", as: .owner(of: account))
        let items = try answer.items()
        #expect(items.count == 2)
        let actor = try #require(items.first?["actor"] as? [String: Any])
        #expect(actor["type"] as? String == "user")
        #expect(actor["id"] as? String == user.description)
        #expect(actor["name"] as? String == "Aigerim")
        #expect(items.first?["object"] as? String == "contacts/7")
        #expect(items.first?["at"] as? String == time.now().description)
        let bot = try #require(items.last?["actor"] as? [String: Any])
        #expect(bot["id"] is NSNull)
        #expect(bot["name"] as? String == "")
    }

    @Test(arguments: TestEngine.all)
    func `a page leads to the next`(engine: TestEngine) async throws {
        let module = try await module(engine)
        for index in 0..<3 {
            let entry = AuditEntry(occurredAt: time.now(), actor: .system, action: "a.\(index)", object: "x/1")
            try await module.trail.append(entry, account: account)
            time.advance(by: .seconds(1))
        }
        let first = try await module.routes.call(.get, "/api/v1/audit", as: .owner(of: account), query: "limit=2")
        let next = try #require(try first.object()["next"] as? String)
        let second = try await module.routes.call(
            .get, "/api/v1/audit", as: .owner(of: account), query: "limit=2&after=\(next)")
        #expect(try second.items().compactMap { $0["action"] as? String } == ["a.0"])
        #expect(try second.object()["next"] is NSNull)
    }

    @Test func `looking at the trail needs its permission and is itself recorded`() async throws {
        let route = try #require(try await module(.sqlite).routes.first)
        #expect(route.access == .permission(.readAudit))
        #expect(route.audit == .read("audit.viewed"))
    }
}
