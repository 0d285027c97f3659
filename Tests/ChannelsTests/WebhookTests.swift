import ChannelsInterface
import Egress
import Foundation
import Kernel
import Logging
import Synchronization
import TestSupport
import Testing
import Vault

@testable import Channels
@testable import Persistence

/// Webhooks on a real database, with a receiver whose answers are scripted and time that passes at will.
struct WebhookTests {
    @Test(arguments: TestEngine.all) func `ten tries over 75 hours, then it failed`(engine: TestEngine) async throws {
        let bench = try await WebhookBench(engine)
        let id = try await bench.add()
        bench.receiver.always(500)
        try await bench.tell()
        for _ in 0..<20 { try await bench.passToNext(id) }

        let delivery = try #require(try await bench.deliveries(id).first)
        #expect(delivery.status == "failed" && delivery.attempts.map(\.number) == Array(1...10))
        let first = try #require(delivery.attempts.first?.at), last = try #require(delivery.attempts.last?.at)
        #expect((66.0...84.0).contains(last.duration(since: first).inSeconds / 3_600))
        let gaps = zip(delivery.attempts, delivery.attempts.dropFirst()).map { $1.at.duration(since: $0.at).inSeconds }
        for (gap, wanted) in zip(gaps, [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]) {
            #expect((Double(wanted) * 0.9...Double(wanted) * 1.1).contains(gap), "\(gap) instead of \(wanted)")
        }
        #expect(Set(bench.receiver.requests.map { $0.headers["webhook-id"] }).count == 1)
        #expect(Set(bench.receiver.requests.map { $0.headers["webhook-timestamp"] }).count == 10)
        #expect(try await bench.endpoint(id).state == "active")
    }

    @Test(arguments: TestEngine.all) func `the signature is that of the scheme`(engine: TestEngine) async throws {
        let bench = try await WebhookBench(engine)
        let id = try await bench.add()
        try await bench.tell()
        try await bench.pump(id)
        let request = try #require(bench.receiver.requests.first)
        let (name, stamp) = (try #require(request.headers["webhook-id"]), try #require(request.headers["webhook-timestamp"]))
        let key = try #require(Data(base64Encoded: String(bench.secret(id).dropFirst(6))))
        #expect(key.count == 32 && stamp == "\(VirtualTime.start.microseconds / 1_000_000)")
        let mac = Digest.hmacSHA256(Array("\(name).\(stamp).".utf8) + request.body, key: [UInt8](key))
        #expect(request.headers["webhook-signature"] == "v1," + Data(mac).base64EncodedString())
        #expect(request.purpose == .tenantWebhook && request.redirects == 0)
        #expect(String(decoding: request.body, as: UTF8.self).contains(#""type":"message.received""#))
        #expect(try await bench.deliveries(id).first?.status == "delivered")
    }

    /// The example that the Standard Webhooks specification and its libraries are tested with.
    @Test func `a known signature comes out`() throws {
        let stored = #"{"text":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}"#
        let secret = try JSONDecoder().decode(WebhookSecret.self, from: Data(stored.utf8))
        let signature = secret.signature(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: "1614265330", body: Array(#"{"test": 2432232314}"#.utf8))
        #expect(signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test(arguments: TestEngine.all) func `both secrets sign until the overlap ends`(engine: TestEngine) async throws {
        let bench = try await WebhookBench(engine)
        let id = try await bench.add()
        let old = bench.secret(id)
        let rotated = try await bench.administration.rotate(id, overlap: 24, by: bench.caller)
        let fresh = try #require(rotated.secret)
        #expect(fresh != old && rotated.formerSecretUntil == bench.time.now().advanced(by: .seconds(86_400)))
        try await bench.tell()
        try await bench.pump(id)
        bench.time.advance(by: .seconds(86_401))
        try await bench.tell()
        try await bench.pump(id)
        let counts = bench.receiver.requests.map { $0.headers["webhook-signature"]?.split(separator: " ").count }
        #expect(counts == [2, 1])
        #expect(bench.receiver.requests.allSatisfy { WebhookBench.fits($0, fresh) })
        #expect(bench.receiver.requests.map { WebhookBench.fits($0, old) } == [true, false])
    }

    @Test(arguments: TestEngine.all) func `410 disables the endpoint, and what waits is given up`(engine: TestEngine) async throws
    {
        let bench = try await WebhookBench(engine)
        let id = try await bench.add()
        for _ in 0..<3 { try await bench.tell() }
        bench.receiver.script([500, 410, 500])
        try await bench.pump(id)
        try await bench.passToNext(id)
        let endpoint = try await bench.endpoint(id)
        #expect(endpoint.state == "disabled" && endpoint.reason == "gone" && endpoint.pending == 0)
        #expect(try await bench.deliveries(id).allSatisfy { $0.status == "failed" })
        let sent = bench.receiver.requests.count
        try await bench.tell()
        try await bench.pump(id)
        #expect(bench.receiver.requests.count == sent)
        #expect(try await bench.deliveries(id).count == 3)

        await #expect(throws: Problem.self) { try await bench.history.test(id, by: bench.caller) }
        bench.receiver.always(200)
        _ = try await bench.administration.change(id, .init(state: "active"), by: bench.caller)
        #expect(try await bench.history.replayFailed(of: id, since: VirtualTime.start, by: bench.caller) == 3)
        try await bench.pump(id)
        #expect(try await bench.deliveries(id).allSatisfy { $0.status == "delivered" })
    }

    @Test(arguments: TestEngine.all) func `a receiver that asks for patience is left alone`(engine: TestEngine) async throws {
        let bench = try await WebhookBench(engine)
        let id = try await bench.add()
        bench.receiver.script([429], retryAfter: "600")
        try await bench.tell()
        try await bench.pump(id)
        bench.time.advance(by: .seconds(300))
        try await bench.tell()
        try await bench.pump(id)
        #expect(bench.receiver.requests.count == 1)
        bench.time.advance(by: .seconds(301))
        try await bench.pump(id)
        #expect(bench.receiver.requests.count == 3)
        #expect(try await bench.deliveries(id).allSatisfy { $0.status == "delivered" })
    }

    @Test(arguments: TestEngine.all) func `redirects and errors are failures, each with its reason`(engine: TestEngine)
        async throws
    {
        let bench = try await WebhookBench(engine)
        let id = try await bench.add()
        bench.receiver.script([302])
        bench.receiver.fail([.timeout(.firstByte), .blocked(.address("10.0.0.1")), .unresolved])
        for _ in 0..<4 { try await bench.passToNext(id, telling: true) }
        let seen = try await bench.deliveries(id).flatMap(\.attempts)
        #expect(Set(seen.compactMap(\.failure)) == ["timeout", "blocked", "unresolved"])
        #expect(seen.contains { $0.code == 302 })
    }

    @Test(arguments: TestEngine.all) func `after five days without success it is disabled`(engine: TestEngine) async throws {
        let bench = try await WebhookBench(engine)
        let id = try await bench.add()
        bench.receiver.always(503)
        for _ in 0..<7 where try await bench.endpoint(id).state == "active" {
            try await bench.tell()
            try await bench.pump(id)
            bench.time.advance(by: .seconds(86_400))
        }
        #expect(try await bench.endpoint(id).reason == "failing")
        #expect(bench.time.now().duration(since: VirtualTime.start) >= .seconds(5 * 86_400))
        #expect(bench.audit.actions.contains("webhook.disabled"))
        #expect(!bench.sink.events(of: WebhookChanged.self).isEmpty)
    }

    /// A pending delivery holds no words, and an answer that repeats them goes with the person's key.
    @Test(arguments: TestEngine.all) func `what was erased is neither sent nor shown`(engine: TestEngine) async throws {
        let bench = try await WebhookBench(engine)
        let id = try await bench.add()
        bench.receiver.script([500])
        bench.receiver.echoes = true
        try await bench.tell()
        try await bench.pump(id)
        #expect(String(decoding: try #require(bench.receiver.requests.first).body, as: UTF8.self).contains("sofa for Aigul"))
        let delivery = try #require(try await bench.deliveries(id).first)
        let shown = try await bench.history.delivery(delivery.id, account: bench.account)
        #expect(shown.attempts.first?.answer?.contains("sofa for Aigul") == true)

        try await bench.vault.destroyKey(for: KeyID(sameAs: bench.words.person), in: bench.account)
        try await bench.passToNext(id)
        let second = String(decoding: try #require(bench.receiver.requests.last).body, as: UTF8.self)
        #expect(
            bench.receiver.requests.count == 2 && !second.contains("Aigul") && second.contains(bench.words.message.description))
        let after = try await bench.history.delivery(delivery.id, account: bench.account)
        #expect(after.status == "delivered" && after.attempts.allSatisfy { $0.answer == nil })
        let rows = try await bench.database.read(in: bench.account) { [account = bench.account] in
            try $0.rows("SELECT facts FROM channels_webhook_delivery WHERE account_id = \(account)") { try $0.text("facts") }
        }
        #expect(rows.allSatisfy { !$0.contains("Aigul") })
    }

    @Test(arguments: TestEngine.all) func `only subscribed and enabled endpoints hear of it`(engine: TestEngine) async throws {
        let bench = try await WebhookBench(engine)
        let wanting = try await bench.add()
        let other = try await bench.add(events: ["contact.created"])
        let off = try await bench.add()
        _ = try await bench.administration.change(off, .init(state: "disabled"), by: bench.caller)
        try await bench.tell()
        #expect(try await bench.deliveries(wanting).count == 1)
        #expect(try await bench.deliveries(other).isEmpty)
        #expect(try await bench.deliveries(off).isEmpty)
        #expect(try await bench.endpoint(wanting).pending == 1)
    }

    @Test(arguments: TestEngine.all) func `a replay keeps the id and counts on`(engine: TestEngine) async throws {
        let bench = try await WebhookBench(engine)
        let id = try await bench.add()
        try await bench.tell()
        try await bench.pump(id)
        let delivery = try #require(try await bench.deliveries(id).first)
        let again = try await bench.history.replay(delivery.id, by: bench.caller)
        #expect(again.status == "pending")
        try await bench.pump(id)
        #expect(Set(bench.receiver.requests.map { $0.headers["webhook-id"] }).count == 1)
        #expect(try await bench.deliveries(id).first?.attempts.map(\.number) == [1, 2])
    }

    @Test(arguments: TestEngine.all) func `a test is tried once`(engine: TestEngine) async throws {
        let bench = try await WebhookBench(engine)
        let id = try await bench.add(events: ["contact.created"])
        bench.receiver.always(500)
        _ = try await bench.history.test(id, by: bench.caller)
        try await bench.pump(id)
        let delivery = try #require(try await bench.deliveries(id).first)
        #expect(delivery.event == "webhook.ping" && delivery.status == "failed" && delivery.attempts.count == 1)
    }

    @Test(arguments: TestEngine.all) func `another account sees and changes nothing`(engine: TestEngine) async throws {
        let bench = try await WebhookBench(engine)
        let id = try await bench.add()
        try await bench.tell()
        let delivery = try #require(try await bench.deliveries(id).first).id
        let stranger = WebhookBench.caller(AccountID())
        #expect(try await bench.administration.list(stranger.account).isEmpty)
        await #expect(throws: Problem.notFound) { try await bench.administration.rotate(id, overlap: 0, by: stranger) }
        await #expect(throws: Problem.notFound) {
            try await bench.administration.change(id, .init(url: "https://x.example"), by: stranger)
        }
        await #expect(throws: Problem.notFound) { try await bench.administration.remove(id, by: stranger) }
        await #expect(throws: Problem.notFound) { try await bench.history.test(id, by: stranger) }
        await #expect(throws: Problem.notFound) { try await bench.history.replay(delivery, by: stranger) }
        await #expect(throws: Problem.notFound) { try await bench.history.delivery(delivery, account: stranger.account) }
    }

    @Test(arguments: [
        "http://example.com/x", "ftp://example.com", "https://user:secret@example.com", "https://127.0.0.1/", "https://[::1]/",
        "https://10.1.2.3/", "https://169.254.169.254/latest", "https://2130706433/", "example.com", "",
        "https://example.com:8080/",
        "https://" + String(repeating: "a", count: 2_100),
    ]) func `an address that is not public https is refused`(url: String) async throws {
        let bench = try await WebhookBench(.sqlite)
        await #expect(throws: Problem.self) {
            try await bench.administration.add(.init(url: url, events: ["message.received"]), by: bench.caller)
        }
    }

    @Test(arguments: TestEngine.all) func `answers are kept for eight days and rows for thirty`(engine: TestEngine) async throws {
        let bench = try await WebhookBench(engine)
        let id = try await bench.add()
        bench.receiver.echoes = true
        try await bench.tell()
        try await bench.pump(id)
        let upkeep = WebhookUpkeep(database: bench.database, time: bench.time)
        let delivery = try #require(try await bench.deliveries(id).first).id
        try await upkeep.expire()
        #expect(try await bench.history.delivery(delivery, account: bench.account).attempts.first?.answer != nil)
        bench.time.advance(by: .seconds(9 * 86_400))
        try await upkeep.expire()
        let kept = try await bench.history.delivery(delivery, account: bench.account)
        #expect(kept.attempts.count == 1 && kept.attempts.first?.answer == nil)
        bench.time.advance(by: .seconds(22 * 86_400))
        try await upkeep.expire()
        #expect(try await bench.deliveries(id).isEmpty)
    }

    @Test(arguments: TestEngine.all) func `a pump that was not started is found`(engine: TestEngine) async throws {
        let bench = try await WebhookBench(engine)
        let id = try await bench.add()
        try await bench.tell()
        bench.sink.clear()
        let upkeep = WebhookUpkeep(database: bench.database, time: bench.time)
        try await upkeep.wakeOverdue()
        #expect(bench.sink.jobs(of: WebhookPumpJob.self).isEmpty)
        bench.time.advance(by: .seconds(31))
        try await upkeep.wakeOverdue()
        #expect(bench.sink.jobs(of: WebhookPumpJob.self).map(\.endpoint) == [id])
    }

    @Test func `failing endpoints leave places for the others`() {
        let slots = WebhookSlots()
        let failing = (0..<40).count { _ in slots.take(isFailing: true) }
        let healthy = (0..<40).count { _ in slots.take(isFailing: false) }
        #expect(failing == 8 && healthy == 24)
        slots.giveBack(isFailing: true)
        #expect(slots.take(isFailing: true))
    }
}
