import PluginHost
import PluginTestSupport
import Testing
import WireJSON

struct OperationTests {
    static let me = #"{"id":6100000001,"is_bot":true,"first_name":"Shop","username":"shop_bot"}"#
    static let account = ChannelAccount(
        id: "6100000001", name: "Shop", username: "shop_bot", url: "https://t.me/shop_bot")
    static let hook = "https://inbox.example.kz/hooks/6f0c2b"
    static let updates = [
        "message", "edited_message", "callback_query", "my_chat_member", "message_reaction", "business_connection",
        "business_message", "edited_business_message", "deleted_business_messages",
    ]

    @Test(arguments: Loading.allCases)
    func `connecting checks the token and sets the webhook with its secret`(loading: Loading) async throws {
        let run = try await loading.telegram.run(.connect(webhook: Self.hook), [.ok(Self.me), .ok("true")])
        #expect(run.result == .connected(Self.account))
        #expect(run.requests.map(\.apiMethod) == ["getMe", "setWebhook"])
        #expect(run.remembered == [Remembered(name: "bot_id", value: "6100000001")])
        let body = try run.requests[1].json
        #expect(body["url"]?.string == Self.hook)
        #expect(body["secret_token"]?.string == "…")
        #expect(body["drop_pending_updates"] == false)
        #expect(body["allowed_updates"]?.array?.compactMap(\.string) == Self.updates)
        let secrets = ["token": "1:a", "webhook_secret": webhookSecret]
        guard
            case .bytes(let bytes, _) = try run.requests[1].rendered(secrets: secrets, hosts: ["api.telegram.org"]).body
        else { throw Unexpected("no body") }
        #expect(try JSON.parse(bytes)["secret_token"]?.string == webhookSecret)
    }

    @Test(arguments: Loading.allCases)
    func `connecting for polling removes the webhook and keeps what waits`(loading: Loading) async throws {
        let run = try await loading.telegram.run(.connect(webhook: nil), [.ok(Self.me), .ok("true")])
        #expect(run.result == .connected(Self.account))
        #expect(run.requests.map(\.apiMethod) == ["getMe", "deleteWebhook"])
        #expect(try run.requests[1].json == ["drop_pending_updates": false])
    }

    static let refusals: [([StepInput], OperationFailure.Kind, String)] = [
        ([.error(401, "Unauthorized")], .reconnectNeeded, "bad-token"),
        ([.error(404, "Not Found")], .reconnectNeeded, "bad-token"),
        ([.ok(me), .error(400, "Bad Request: bad webhook: IP address is reserved")], .permanent, "bad-webhook"),
        (
            [.ok(me), .error(429, "Too Many", parameters: #"{"retry_after":1}"#)],
            .retry(after: .seconds(1), scope: .channel), "rate-limited"
        ),
        ([.failure(.unknown)], .retry(after: nil, scope: .channel), "unavailable"),
        ([.ok(#"{"id":1,"is_bot":false}"#)], .retry(after: nil, scope: .channel), "unexpected-answer"),
    ]

    @Test(arguments: Loading.allCases, refusals)
    func `connecting says why it failed`(
        loading: Loading, row: ([StepInput], OperationFailure.Kind, String)
    ) async throws {
        let run = try await loading.telegram.run(.connect(webhook: Self.hook), row.0)
        guard case .failed(let failure) = run.result else { throw Unexpected("\(run.result)") }
        #expect(failure.kind == row.1)
        #expect(failure.reason.code == row.2)
    }

    @Test(arguments: Loading.allCases, [StepInput.ok("true"), .error(401, "Unauthorized")])
    func `disconnecting removes the webhook`(loading: Loading, answer: StepInput) async throws {
        let run = try await loading.telegram.run(.disconnect, [answer])
        #expect(run.result == .disconnected)
        #expect(run.requests.map(\.apiMethod) == ["deleteWebhook"])
    }

    @Test(arguments: Loading.allCases)
    func `the first round of polling clears the webhook, later ones ask beyond the offset`(
        loading: Loading
    ) async throws {
        let driver = try loading.telegram
        let update = customerMessage(#""text":"привет""#, update: 5_123_400_010)
        let first = try await driver.run(.poll, [.ok("true"), .ok("[\(update),{\"broken\":1},7]")])
        guard case .polled(let events, let pause) = first.result else { throw Unexpected("\(first.result)") }
        #expect(events.map(\.id) == ["5123400010"])
        #expect(pause == .zero)
        #expect(first.requests.map(\.apiMethod) == ["deleteWebhook", "getUpdates"])
        #expect(first.remembered == [Remembered(name: "offset", value: "5123400011")])
        let second = try await driver.run(.poll, memory: ["offset": "5123400011"], [.ok("[]")])
        #expect(second.result == .polled([], pause: .zero))
        #expect(second.remembered.isEmpty)
        #expect(second.requests.map(\.apiMethod) == ["getUpdates"])
        #expect(try second.requests[0].json["offset"] == 5_123_400_011)
        #expect(second.requests[0].timeout == .seconds(35))
    }

    @Test(arguments: Loading.allCases)
    func `a webhook in the way of polling is removed, another poller is reported`(loading: Loading) async throws {
        let driver = try loading.telegram
        let webhook = StepInput.error(409, "Conflict: can't use getUpdates method while webhook is active")
        let cleared = try await driver.run(.poll, memory: ["offset": "1"], [webhook, .ok("true"), .ok("[]")])
        #expect(cleared.requests.map(\.apiMethod) == ["getUpdates", "deleteWebhook", "getUpdates"])
        let other = StepInput.error(409, "Conflict: terminated by other getUpdates request")
        let run = try await driver.run(.poll, memory: ["offset": "1"], [other])
        guard case .failed(let failure) = run.result else { throw Unexpected("\(run.result)") }
        #expect(failure.reason.code == "other-instance")
    }

    private static func info(_ fields: String, url: String = hook) -> StepInput {
        let allowed = updates.map { "\"\($0)\"" }.joined(separator: ",")
        return .ok(#"{"url":"\#(url)","has_custom_certificate":false,"allowed_updates":[\#(allowed)],\#(fields)}"#)
    }

    static let healths: [([StepInput], ChannelHealth.State, String?)] = [
        ([.ok(me), info(#""pending_update_count":0"#)], .healthy, nil),
        ([.ok(me), info(#""pending_update_count":3"#)], .healthy, nil),
        (
            [.ok(me), info(#""pending_update_count":3,"last_error_date":1781511900,"last_error_message":"502""#)],
            .degraded, "webhook-failing"
        ),
        ([.ok(me), info(#""pending_update_count":0,"last_error_date":1781511900"#)], .healthy, nil),
        ([.ok(me), info(#""pending_update_count":0"#, url: "https://other.example")], .broken, "webhook-elsewhere"),
        ([.ok(me), info(#""pending_update_count":0"#, url: "")], .broken, "webhook-elsewhere"),
        ([.ok(me), .ok(#"{"url":"\#(hook)","allowed_updates":["message"]}"#)], .degraded, "updates-missing"),
        ([.error(401, "Unauthorized")], .broken, "bad-token"),
    ]

    @Test(arguments: Loading.allCases, healths)
    func `health tells what is wrong`(
        loading: Loading, row: ([StepInput], ChannelHealth.State, String?)
    ) async throws {
        let run = try await loading.telegram.run(.health(webhook: Self.hook), row.0)
        guard case .health(let health) = run.result else { throw Unexpected("\(run.result)") }
        #expect(health.state == row.1)
        #expect(health.reason?.code == row.2)
    }

    @Test(arguments: Loading.allCases)
    func `a file is found first and fetched by the host`(loading: Loading) async throws {
        let run = try await loading.telegram.run(
            .download(file: "AgACAgI"),
            [.ok(#"{"file_id":"AgACAgI","file_size":98210,"file_path":"photos/file 12.jpg"}"#)])
        guard case .file(let location) = run.result else { throw Unexpected("\(run.result)") }
        #expect(try run.requests[0].json == ["file_id": "AgACAgI"])
        #expect(location.size == 98_210)
        let rendered = try location.request.rendered(secrets: ["token": "1:a"], hosts: ["api.telegram.org"])
        #expect(rendered.url == "https://api.telegram.org/file/bot1:a/photos/file%2012.jpg")
        #expect(rendered.method == "GET")
    }

    static let badFiles: [(StepInput, OperationFailure.Kind, String)] = [
        (.ok(#"{"file_path":"../../etc/passwd"}"#), .permanent, "file-unavailable"),
        (.ok(#"{"file_path":"/var/lib/x"}"#), .permanent, "file-unavailable"),
        (.ok(#"{"file_id":"a"}"#), .permanent, "file-unavailable"),
        (.error(400, "Bad Request: file is too big"), .permanent, "file-too-big"),
        (
            .error(400, "Bad Request: wrong file_id or the file is temporarily unavailable"),
            .retry(after: nil, scope: .chat), "file-unavailable"
        ),
    ]

    @Test(arguments: Loading.allCases, badFiles)
    func `a file that cannot be had is explained`(
        loading: Loading, row: (StepInput, OperationFailure.Kind, String)
    ) async throws {
        let run = try await loading.telegram.run(.download(file: "a"), [row.0])
        guard case .failed(let failure) = run.result else { throw Unexpected("\(run.result)") }
        #expect(failure.kind == row.1)
        #expect(failure.reason.code == row.2)
    }

    @Test(arguments: Loading.allCases)
    func `a profile has a name and a picture to download`(loading: Loading) async throws {
        let run = try await loading.telegram.run(
            .profile(thread: "7201345566", contact: "7201345566"),
            [.ok(#"{"id":7201345566,"type":"private","first_name":"Айгуль","photo":{"big_file_id":"big"}}"#)])
        #expect(run.result == .profile(ContactIdentity(id: "7201345566", name: "Айгуль", avatar: "big")))
    }

    @Test(arguments: Loading.allCases)
    func `another Bot API server is used and trusted with the token`(loading: Loading) async throws {
        let driver = try loading.telegram
        let settings = ["api_base": "http://127.0.0.1:8081/"]
        let context = ChannelContext(now: now, settings: settings)
        guard
            case .request(let request, _, _) = try await driver.step(
                .health(webhook: nil), state: nil, input: .start, in: context)
        else { throw Unexpected("no request") }
        let rendered = try request.rendered(
            secrets: ["token": "1:a"], hosts: driver.description.secretHosts(settings: settings))
        #expect(rendered.url == "http://127.0.0.1:8081/bot1:a/getMe")
        #expect(rendered.host == "127.0.0.1")
    }
}
