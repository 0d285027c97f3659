import PluginHost
import PluginTestSupport
import Testing
import WireJSON

struct OperationTests {
    static let me = StepInput.ok(
        #"""
        {"user_id":900410077,"first_name":"Отдел продаж","username":"sales_kz_bot","is_bot":true,
        "last_activity_time":1791200000123,"name":"Отдел продаж","description":"Пишите нам"}
        """#)
    static let account = ChannelAccount(
        id: "900410077", name: "Отдел продаж", username: "sales_kz_bot", url: "https://max.ru/sales_kz_bot")
    static let hook = "https://inbox.example.kz/hooks/max/3f9c"
    static let updates = [
        "message_created", "message_callback", "message_edited", "message_removed", "bot_started", "bot_stopped",
        "dialog_cleared", "dialog_removed",
    ]
    static let deletion = "DELETE /subscriptions?url=https%3A%2F%2Finbox.example.kz%2Fhooks%2Fmax%2F3f9c"

    private static func subscriptions(_ addresses: String..., types: [String]? = updates) -> StepInput {
        let list = addresses.map { address in
            let types = types.map { ",\"update_types\":[" + $0.map { "\"\($0)\"" }.joined(separator: ",") + "]" } ?? ""
            return #"{"url":"\#(address)","time":1791200000123\#(types),"version":"0.0.30"}"#
        }
        return .ok(#"{"subscriptions":[\#(list.joined(separator: ","))]}"#)
    }

    @Test(arguments: Loading.allCases)
    func `connecting checks the token and subscribes with the secret`(loading: Loading) async throws {
        let run = try await loading.max.run(.connect(webhook: Self.hook), [Self.me, .success])
        #expect(run.result == .connected(Self.account))
        #expect(run.requests.map(\.call) == ["GET /me", "POST /subscriptions"])
        #expect(
            run.remembered
                == [Remembered(name: "bot_id", value: "900410077"), Remembered(name: "webhook", value: Self.hook)])
        let body = try run.requests[1].json
        #expect(body["url"]?.string == Self.hook)
        #expect(body["secret"]?.string == "…")
        #expect(body["update_types"]?.array?.compactMap(\.string) == Self.updates)
        let secrets = ["token": "f9LH", "webhook_secret": webhookSecret]
        let rendered = try run.requests[1].rendered(secrets: secrets, hosts: ["platform-api2.max.ru"])
        guard case .bytes(let bytes, _) = rendered.body else { throw Unexpected("no body") }
        #expect(try JSON.parse(bytes)["secret"]?.string == webhookSecret)
        #expect(rendered.headers == [NameValue("Authorization", "f9LH")])
    }

    @Test(arguments: Loading.allCases, [StepInput.success, .error(404, "not.found"), .lost])
    func `another address replaces the earlier subscription`(loading: Loading, answer: StepInput) async throws {
        let run = try await loading.max.run(
            .connect(webhook: "https://new.example.kz/h"), memory: ["webhook": Self.hook], [Self.me, .success, answer])
        #expect(run.result == .connected(Self.account))
        #expect(run.requests.last?.call == Self.deletion)
        let again = try await loading.max.run(
            .connect(webhook: Self.hook), memory: ["webhook": Self.hook], [Self.me, .success])
        #expect(again.requests.map(\.call) == ["GET /me", "POST /subscriptions"])
    }

    @Test(arguments: Loading.allCases)
    func `connecting for polling ends every subscription`(loading: Loading) async throws {
        let run = try await loading.max.run(
            .connect(webhook: nil),
            [Self.me, Self.subscriptions(Self.hook, "https://other.example/h"), .success, .error(404, "not.found")])
        #expect(run.result == .connected(Self.account))
        #expect(
            run.requests.map(\.call) == [
                "GET /me", "GET /subscriptions", Self.deletion, "DELETE /subscriptions?url=https%3A%2F%2Fother.example%2Fh",
            ])
        #expect(run.remembered.contains(Remembered(name: "webhook", value: nil)))
        let none = try await loading.max.run(.connect(webhook: nil), [Self.me, Self.subscriptions()])
        #expect(none.result == .connected(Self.account))
    }

    static let refusals: [([StepInput], OperationFailure.Kind, String)] = [
        ([.error(401, "verify.token", "Invalid access_token")], .reconnectNeeded, "bad-token"),
        ([.error(403, "verify.token", "Invalid access_token")], .reconnectNeeded, "bad-token"),
        ([me, .error(400, "proto.payload", "bad url")], .permanent, "bad-webhook"),
        ([me, .ok(#"{"success":false,"message":"port 8443 is not allowed"}"#)], .permanent, "bad-webhook"),
        ([me, .error(403, "access.denied")], .permanent, "refused"),
        ([me, .error(429, "too.many.requests")], .retry(after: nil, scope: .channel), "rate-limited"),
        ([.body(503, "<html>")], .retry(after: nil, scope: .channel), "unavailable"),
        ([.lost], .retry(after: nil, scope: .channel), "unavailable"),
        ([me, .lost], .retry(after: nil, scope: .channel), "unavailable"),
        ([.ok(#"{"user_id":1,"is_bot":false}"#)], .retry(after: nil, scope: .channel), "unexpected-answer"),
        ([.body(200, "<html>")], .retry(after: nil, scope: .channel), "unexpected-answer"),
        ([.body(302, "")], .retry(after: nil, scope: .channel), "unexpected-answer"),
    ]

    @Test(arguments: Loading.allCases, refusals)
    func `connecting says why it failed`(
        loading: Loading, row: ([StepInput], OperationFailure.Kind, String)
    ) async throws {
        let failure = try await loading.max.failure(.connect(webhook: Self.hook), row.0)
        #expect(failure.kind == row.1)
        #expect(failure.reason.code == row.2)
    }

    static let endings: [StepInput] = [
        .success, .ok(#"{"success":false,"message":"no such subscription"}"#), .error(404, "not.found"),
        .error(401, "verify.token"),
    ]

    @Test(arguments: Loading.allCases, endings)
    func `disconnecting ends our own subscription`(loading: Loading, answer: StepInput) async throws {
        let run = try await loading.max.run(.disconnect, memory: ["webhook": Self.hook], [answer])
        #expect(run.result == .disconnected)
        #expect(run.requests.map(\.call) == [Self.deletion])
        #expect(run.remembered == [Remembered(name: "webhook", value: nil)])
    }

    @Test(arguments: Loading.allCases)
    func `disconnecting a polling channel takes no request, and trouble is not called success`(loading: Loading) async throws {
        #expect(try await loading.max.run(.disconnect, []).result == .disconnected)
        let run = try await loading.max.run(.disconnect, memory: ["webhook": Self.hook], [.body(500, "")])
        guard case .failed(let failure) = run.result else { throw Unexpected("\(run.result)") }
        #expect(failure.kind == .retry(after: nil, scope: .channel))
    }

    @Test(arguments: Loading.allCases)
    func `a round of polling goes on from the marker and skips what it cannot read`(loading: Loading) async throws {
        let driver = try loading.max
        let answer = #"{"updates":[\#(customerMessage(#""text":"привет""#)),{"broken":1},7],"marker":31870442}"#
        let first = try await driver.run(.poll, [.ok(answer)])
        guard case .polled(let events, let pause) = first.result else { throw Unexpected("\(first.result)") }
        #expect(events.map(\.id) == ["message_created:\(ParsingTests.mid)"])
        #expect(pause == .milliseconds(500))
        let types = Self.updates.joined(separator: ",")
        #expect(first.requests.map(\.call) == ["GET /updates?limit=30&timeout=25&types=\(types)"])
        #expect(first.remembered == [Remembered(name: "marker", value: "31870442")])
        let second = try await driver.run(.poll, memory: ["marker": "31870442"], [.ok(#"{"updates":[],"marker":null}"#)])
        #expect(second.result == .polled([], pause: .milliseconds(500)))
        #expect(second.remembered.isEmpty)
        #expect(second.requests.map(\.call) == ["GET /updates?limit=30&timeout=25&marker=31870442&types=\(types)"])
        #expect(second.requests[0].timeout == .seconds(35))
    }

    static let pollFailures: [(StepInput, OperationFailure.Kind)] = [
        (.error(401, "verify.token"), .reconnectNeeded), (.error(429, "too.many.requests"), .retry(after: nil, scope: .channel)),
        (.ok("{}"), .retry(after: nil, scope: .channel)), (.lost, .retry(after: nil, scope: .channel)),
    ]

    @Test(arguments: Loading.allCases, pollFailures)
    func `a failed round of polling says why`(loading: Loading, row: (StepInput, OperationFailure.Kind)) async throws {
        #expect(try await loading.max.failure(.poll, [row.0]).kind == row.1)
    }

    static let healths: [(String?, [StepInput], ChannelHealth.State, String?)] = [
        (hook, [me, subscriptions(hook)], .healthy, nil),
        (hook, [me, subscriptions("https://other.example/h", hook)], .healthy, nil),
        (hook, [me, subscriptions(hook, types: nil)], .healthy, nil),
        (hook, [me, subscriptions(hook, types: [])], .healthy, nil),
        (hook, [me, subscriptions(hook, types: ["message_created"])], .degraded, "updates-missing"),
        (hook, [me, subscriptions()], .broken, "webhook-elsewhere"),
        (hook, [me, subscriptions("https://other.example/h")], .broken, "webhook-elsewhere"),
        (nil, [me, subscriptions()], .healthy, nil),
        (nil, [me, subscriptions(hook)], .broken, "webhook-elsewhere"),
        (hook, [.error(401, "verify.token")], .broken, "bad-token"),
    ]

    @Test(arguments: Loading.allCases, healths)
    func `health tells what is wrong`(
        loading: Loading, row: (String?, [StepInput], ChannelHealth.State, String?)
    ) async throws {
        let run = try await loading.max.run(.health(webhook: row.0), row.1)
        guard case .health(let health) = run.result else { throw Unexpected("\(run.result)") }
        #expect(health.state == row.2)
        #expect(health.reason?.code == row.3)
        #expect(health.account == (row.3 == "bad-token" ? nil : Self.account))
    }

    @Test(arguments: Loading.allCases)
    func `another API host is used and trusted with the token`(loading: Loading) async throws {
        let driver = try loading.max
        let settings = ["api_base": "https://platform-api3.max.ru/"]
        let step = try await driver.step(
            .health(webhook: nil), state: nil, input: .start, in: ChannelContext(now: now, settings: settings))
        guard case .request(let request, _, _) = step else { throw Unexpected("no request") }
        let rendered = try request.rendered(secrets: ["token": "a"], hosts: driver.description.secretHosts(settings: settings))
        #expect(rendered.url == "https://platform-api3.max.ru/me")
        #expect(throws: RenderingFault.foreignHost("platform-api3.max.ru")) {
            _ = try request.rendered(secrets: ["token": "a"], hosts: driver.description.secretHosts(settings: [:]))
        }
    }

    @Test(arguments: Loading.allCases)
    func `the owner reads beforehand who may have a bot`(loading: Loading) async throws {
        let description = try loading.max.description
        let help = try #require(description.settings.first { $0.name == "token" }).help
        for text in [help.english, help.russian, help.kazakh] {
            #expect(text.contains("Wappi") && text.contains("business.max.ru"))
        }
        #expect(help.english.contains("Russian") && help.russian.contains("российск") && help.kazakh.contains("ресейлік"))
        #expect(description.kind == "max")
        #expect(description.modes == [.webhook, .polling])
    }
}

extension StepInput {
    /// The connection broke.
    static let lost = StepInput.failure(.unknown)
}
