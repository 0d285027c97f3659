import Kernel
import PluginHost
import PluginTestSupport
import Testing
import WireJSON

struct OperationTests {
    static let types = [
        "authorization_status", "application_status", "incoming_message", "delivery_status", "outgoing_message_api",
        "outgoing_message_phone",
    ]
    static let address = "https://inbox.example.kz/hooks/6f0c2b?key=" + webhookSecret

    /// `get/status` as the reference shows it.
    static func status(
        authorized: Bool = true, app: String = "open", paid: String = "2026-12-13T00:00:00Z", url: String? = address,
        types: [String] = types + ["incoming_call"]
    ) -> StepInput {
        let list = types.map { "\"\($0)\"" }.joined(separator: ",")
        return .body(
            200,
            #"""
            {"app_status":"\#(app)","authorized":\#(authorized),"checked_at":"2026-10-05T01:32:18.558776+03:00",
            "last_activity":1791000000.96,"logouted_at":null,"message_count":1438,"name":"Отдел продаж",
            "payment_expired_at":"\#(paid)","phone":"77010000001","profile_id":"\#(profile)","uuid":"\#(profile)",
            "webhook_types":[\#(list)],"webhook_url":\#(url.map { "\"\($0)\"" } ?? "null"),"worked_days":398}
            """#)
    }

    @Test(arguments: Loading.allCases)
    func `connecting finds the profile and subscribes to everything`(loading: Loading) async throws {
        let run = try await loading.wappi.run(.connect(webhook: hook), [Self.status(), .done(), .done()])
        #expect(
            run.result
                == .connected(ChannelAccount(id: profile, name: "Отдел продаж", username: nil, url: "https://wa.me/77010000001")))
        #expect(run.requests.map(\.method) == ["GET", "POST", "POST"])
        #expect(run.requests.map(\.path) == ["/api/sync/get/status", "/api/webhook/url/set", "/api/webhook/types/set"])
        #expect(run.remembered == [Remembered(name: "platform", value: "whatsapp")])
        #expect(run.requests[1].query == "&url=https%3A%2F%2Finbox.example.kz%2Fhooks%2F6f0c2b%3Fkey%3D…")
        let rendered = try run.requests[1].rendered(
            secrets: ["token": "t", "webhook_secret": webhookSecret], hosts: ["wappi.pro"])
        #expect(rendered.url.hasSuffix("%3Fkey%3D" + webhookSecret))
        #expect(try run.requests[2].json.array?.compactMap(\.string) == Self.types + ["incoming_call"])
    }

    @Test(arguments: Loading.allCases)
    func `connecting for polling stops the deliveries`(loading: Loading) async throws {
        let run = try await loading.wappi.run(.connect(webhook: nil), [Self.status(), .done()])
        #expect(run.requests.map(\.path) == ["/api/sync/get/status", "/api/webhook/url/delete"])
        guard case .connected = run.result else { throw Unexpected("\(run.result)") }
    }

    @Test(arguments: Loading.allCases)
    func `a messenger nobody named is found out and remembered`(loading: Loading) async throws {
        let driver = try loading.wappi
        let unnamed = context(["platform": ""])
        let wrong = StepInput.error(400, "Wrong platform")
        let account = #"{"authorized":true,"account":{"phone":"77010000001","username":"shop"},"platform":"tg"}"#
        let run = try await driver.run(.connect(webhook: hook), in: unnamed, [wrong, .body(200, account), .done(), .done()])
        #expect(run.requests.map(\.path).prefix(3) == ["/api/sync/get/status", "/tapi/sync/get/status", "/tapi/webhook/url/set"])
        #expect(run.remembered == [Remembered(name: "platform", value: "telegram")])
        #expect(
            run.result
                == .connected(ChannelAccount(id: profile, name: "+77010000001", username: "shop", url: "https://t.me/shop")))
        #expect(try run.requests[3].json.array?.compactMap(\.string) == Self.types)
        let none = try await driver.failure(.connect(webhook: hook), in: unnamed, [wrong, wrong, wrong])
        #expect(none.reason.code == "wrong-platform")
        let moved = try await driver.run(
            .connect(webhook: hook), in: context(["platform": ""], memory: ["platform": "max"]), [wrong, wrong, wrong])
        #expect(moved.requests.map(\.path) == ["/maxapi", "/api", "/tapi"].map { $0 + "/sync/get/status" })
        let sent = try await driver.run(
            action(.typing), in: context(["platform": ""], memory: ["platform": "telegram"]), [.done()])
        #expect(sent.requests.map(\.path) == ["/tapi/sync/chats/typing/start"])
    }

    static let refusals: [([String: String], [StepInput], OperationFailure.Kind, String)] = [
        ([:], [.error(401, "bad token")], .reconnectNeeded, "bad-token"),
        ([:], [.error(402, "pay")], .reconnectNeeded, "unpaid"),
        ([:], [.error(400, "Profile not found")], .reconnectNeeded, "profile-not-found"),
        ([:], [.error(400, "Wrong platform")], .reconnectNeeded, "wrong-platform"),
        (["platform": "icq"], [], .permanent, "wrong-platform"),
        ([:], [status(), .error(400, "bad url")], .permanent, "bad-webhook"),
        ([:], [status(), .done(), .error(400, "bad types")], .permanent, "bad-webhook"),
        ([:], [.failure(.unknown)], .retry(after: nil, scope: .channel), "unavailable"),
        ([:], [.body(200, "<html>")], .retry(after: nil, scope: .channel), "unexpected-answer"),
        ([:], [.body(502, "<html>")], .retry(after: nil, scope: .channel), "unavailable"),
    ]

    @Test(arguments: Loading.allCases, refusals)
    func `connecting says why it failed`(
        loading: Loading, row: ([String: String], [StepInput], OperationFailure.Kind, String)
    ) async throws {
        let failure = try await loading.wappi.failure(.connect(webhook: hook), in: context(row.0), row.1)
        #expect(failure.kind == row.2)
        #expect(failure.reason.code == row.3)
    }

    @Test(arguments: Loading.allCases, [StepInput.done(), .error(401, "bad token"), .error(400, "profile not found")])
    func `disconnecting stops the deliveries and signs nobody out`(loading: Loading, answer: StepInput) async throws {
        let run = try await loading.wappi.run(.disconnect, [answer])
        #expect(run.result == .disconnected)
        #expect(run.requests.map(\.path) == ["/api/webhook/url/delete"])
    }

    static let healths: [([StepInput], ChannelHealth.State, String?)] = [
        ([status()], .healthy, nil), ([status(authorized: false)], .broken, "signed-out"),
        ([status(app: "close")], .degraded, "phone-offline"), ([status(paid: "2026-10-05T00:00:00Z")], .broken, "unpaid"),
        ([status(paid: "2026-10-07T00:00:00Z")], .degraded, "payment-due"),
        ([status(url: "https://other.example")], .broken, "webhook-elsewhere"),
        ([status(url: hook)], .broken, "webhook-elsewhere"),
        ([status(url: "")], .broken, "webhook-elsewhere"),
        ([status(types: ["delivery_status"])], .broken, "types-missing"),
        ([status(types: ["incoming_message"])], .degraded, "types-missing"),
        ([status(url: nil), .done(#""url":"\#(address)","installed":true"#)], .healthy, nil),
        ([status(url: nil), .done(#""url":"","installed":false"#)], .broken, "webhook-elsewhere"),
        ([.body(200, #"{"webhook_url":"\#(address)"}"#)], .healthy, nil), ([.error(401, "bad token")], .broken, "bad-token"),
        ([.error(402, "pay")], .broken, "unpaid"), ([.error(400, "profile not found")], .broken, "profile-not-found"),
    ]

    @Test(arguments: Loading.allCases, healths)
    func `health tells what is wrong`(loading: Loading, row: ([StepInput], ChannelHealth.State, String?)) async throws {
        let run = try await loading.wappi.run(.health(webhook: hook), row.0)
        guard case .health(let health) = run.result else { throw Unexpected("\(run.result)") }
        #expect(health.state == row.1)
        #expect(health.reason?.code == row.2)
        #expect(run.requests.allSatisfy { $0.method == "GET" })
    }

    @Test(arguments: Loading.allCases)
    func `a polling channel needs no webhook to be healthy`(loading: Loading) async throws {
        let run = try await loading.wappi.run(.health(webhook: nil), [Self.status(url: nil, types: [])])
        guard case .health(let health) = run.result else { throw Unexpected("\(run.result)") }
        #expect(health.state == .healthy)
        #expect(health.detail == "open")
        #expect(health.account?.name == "Отдел продаж")
    }

    @Test(arguments: Loading.allCases)
    func `a profile has a name, a number and a picture to download`(loading: Loading) async throws {
        let driver = try loading.wappi
        let whatsApp = try await driver.run(
            .profile(thread: whatsAppThread, contact: whatsAppThread),
            [.done(#""contact":{"id":"77015550011@c.us","number":"77015550011","name":"Айгуль","pushname":"A"}"#)])
        #expect(whatsApp.result == .profile(aigul))
        #expect(whatsApp.requests.map(\.query) == ["&recipient=77015550011"])
        let telegram = try await driver.run(
            .profile(thread: "600270000", contact: "600270000"), in: context(["platform": "telegram"]),
            [
                .done(
                    #""contact":{"id":"600270000","number":"","firstName":"Данияр","lastName":"","username":"d","picture":"https://a/б"}"#
                )
            ])
        var expected = ContactIdentity(id: "600270000", name: "Данияр", username: "d")
        expected.avatar = #"{"u":"https://a/%D0%B1"}"#
        #expect(telegram.result == .profile(expected))
        let missing = try await driver.failure(.profile(thread: "1", contact: "1"), [.error(400, "contact not found")])
        #expect(missing.reason.code == "unknown-recipient")
    }
}
