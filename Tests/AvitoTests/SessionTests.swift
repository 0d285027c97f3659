import Kernel
import PluginHost
import PluginTestSupport
import Testing
import WireJSON

/// Tokens live a day; a refused one is replaced within the operation, once.
struct SessionTests {
    static let text = action(.text(OutboundText("Да")))
    static let send = "POST /messenger/v1\(account)/chats/\(chatID)/messages"

    @Test(arguments: Loading.allCases)
    func `the first operation gets a token and learns who we are`(loading: Loading) async throws {
        let run = try await loading.avito.run(Self.text, known: .fresh, [.token, .myself, .sent])
        #expect(run.result == .sent(messages: ["c9e2"]))
        #expect(run.paths == ["POST /token", "GET /core/v1/accounts/self", Self.send])
        #expect(
            try run.requests[0].text == "grant_type=client_credentials&client_id=client-1&client_secret=…")
        // 86,400 seconds less a fifth.
        #expect(
            run.remembered("access_token")
                == Remembered(
                    name: "access_token", value: "kQx-1", isSecret: true, expiresAt: now.advanced(by: .seconds(69_120))))
        #expect(run.remembered("user_id") == Remembered(name: "user_id", value: "94235311"))
        #expect(run.remembered("token_client_id")?.value == "client-1")
        for state in run.states { #expect(!state.text.contains("kQx-1")) }
    }

    @Test(arguments: Loading.allCases)
    func `secrets appear only where the host puts them`(loading: Loading) async throws {
        let driver = try loading.avito
        let run = try await driver.run(Self.text, known: .fresh, [.token, .myself, .sent])
        let hosts = driver.description.secretHosts(settings: [:])
        let secrets = ["client_secret": "s&1=ы", "access_token": "kQx-1"]
        let asking = try run.requests[0].rendered(secrets: secrets, hosts: hosts)
        guard case .bytes(let bytes, let type) = asking.body else { throw Unexpected("no body") }
        #expect(type == "application/x-www-form-urlencoded")
        #expect(String(decoding: bytes, as: UTF8.self).hasSuffix("&client_secret=s%261%3D%D1%8B"))
        #expect(asking.headers.isEmpty)
        for request in run.requests[1...] {
            let rendered = try request.rendered(secrets: secrets, hosts: hosts)
            #expect(rendered.headers == [NameValue("Authorization", "Bearer kQx-1")])
            #expect(rendered.host == "api.avito.ru")
            #expect(throws: RenderingFault.foreignHost("api.avito.ru")) {
                _ = try request.rendered(secrets: secrets, hosts: [])
            }
        }
    }

    @Test(arguments: Loading.allCases)
    func `a good token is used without asking`(loading: Loading) async throws {
        let run = try await loading.avito.run(Self.text, [.sent])
        #expect(run.paths == [Self.send])
        #expect(run.remembered.isEmpty)
    }

    static let gateway = StepInput.ok(#"{"result":{"status":false,"message":"invalid access token"}}"#)

    @Test(arguments: Loading.allCases, [.error(403, "Forbidden"), .error(401, "Unauthorized"), .body(403, ""), gateway])
    func `a refused token is replaced and the same request made again`(
        loading: Loading, refusal: StepInput
    ) async throws {
        let run = try await loading.avito.run(Self.text, [refusal, .token, .sent])
        #expect(run.result == .sent(messages: ["c9e2"]))
        #expect(run.paths == [Self.send, "POST /token", Self.send])
        #expect(run.requests[0] == run.requests[2])
    }

    @Test(arguments: Loading.allCases)
    func `a token refused half-way does not send the first parts twice`(loading: Loading) async throws {
        let text = action(.text(OutboundText(String(repeating: "слово ", count: 300))))
        let run = try await loading.avito.run(text, [.sent, .error(403), .token, .ok(#"{"id":"c9e3"}"#)])
        #expect(run.result == .sent(messages: ["c9e2", "c9e3"]))
        #expect(run.requests[1] == run.requests[3])
        #expect(run.requests[0] != run.requests[1])
    }

    @Test(arguments: Loading.allCases)
    func `a token is asked for once in an operation`(loading: Loading) async throws {
        let run = try await loading.avito.run(
            .poll, known: .connected.remembering("poll_cursor", #"{"since":1,"at":1}"#),
            [
                .error(403), .token, .error(403),
            ])
        #expect(try run.failure.kind == .reconnectNeeded)
        #expect(try run.failure.reason.code == "forbidden")
    }

    @Test(arguments: Loading.allCases, [(-1, 2), (0, 2), (1, 1)])
    func `a token is renewed when its time is over`(loading: Loading, row: (Int64, Int)) async throws {
        var known = Known.connected
        known.expiries["access_token"] = now.advanced(by: .milliseconds(row.0))
        let answers: [StepInput] = row.1 == 2 ? [.token, .sent] : [.sent]
        let run = try await loading.avito.run(Self.text, known: known, answers)
        #expect(run.requests.count == row.1)
    }

    @Test(arguments: Loading.allCases)
    func `other keys make the token and the user id void`(loading: Loading) async throws {
        var known = Known.connected
        known.settings["client_id"] = "client-2"
        let other = StepInput.ok(#"{"id":7,"name":"ИП Ким"}"#)
        let run = try await loading.avito.run(Self.text, known: known, [.token, other, .sent])
        #expect(run.paths.last == "POST /messenger/v1/accounts/7/chats/\(chatID)/messages")
        #expect(run.remembered("user_id")?.value == "7")
        #expect(run.remembered("token_client_id")?.value == "client-2")
    }

    static let refusals: [(StepInput, OperationFailure.Kind, String)] = [
        (.body(400, #"{"error":"invalid_client"}"#), .reconnectNeeded, "bad-keys"),
        (.body(401, ""), .reconnectNeeded, "bad-keys"), (.error(403, "Forbidden"), .reconnectNeeded, "bad-keys"),
        (.ok(#"{"error":"invalid_client","error_description":"…"}"#), .reconnectNeeded, "bad-keys"),
        (.error(429), .retry(after: nil, scope: .channel), "rate-limited"),
        (.error(500), .retry(after: nil, scope: .channel), "unavailable"),
        (.body(503, "<html>"), .retry(after: nil, scope: .channel), "unavailable"),
        (.ok("{}"), .retry(after: nil, scope: .channel), "unexpected-answer"),
        (.ok(#"{"access_token":""}"#), .retry(after: nil, scope: .channel), "unexpected-answer"),
        (.ok(#"{"access_token":"a\r\nb"}"#), .retry(after: nil, scope: .channel), "unexpected-answer"),
        (.ok("<html>"), .retry(after: nil, scope: .channel), "unexpected-answer"),
        (.failure(.unknown), .retry(after: nil, scope: .channel), "unavailable"),
        (.failure(.notSent), .retry(after: nil, scope: .channel), "unavailable"),
    ]

    @Test(arguments: Loading.allCases, refusals)
    func `a refused request for a token is explained and nothing is uncertain`(
        loading: Loading, row: (StepInput, OperationFailure.Kind, String)
    ) async throws {
        let driver = try loading.avito
        let run = try await driver.run(Self.text, known: .fresh, [row.0])
        #expect(try run.failure.kind == row.1)
        #expect(try run.failure.reason.code == row.2)
        // Some time later it begins where it stopped.
        let later = try await driver.run(Self.text, state: try run.failure.resume, [.sent])
        #expect(later.result == .sent(messages: ["c9e2"]))
    }

    @Test(arguments: Loading.allCases)
    func `parts that arrived before the keys were lost are told`(loading: Loading) async throws {
        let driver = try loading.avito
        let text = action(.text(OutboundText(String(repeating: "слово ", count: 300))))
        let run = try await driver.run(text, [.sent, .error(401), .error(400)])
        #expect(try run.failure.kind == .reconnectNeeded)
        #expect(try run.failure.sent == ["c9e2"])
        let later = try await driver.run(text, state: try run.failure.resume, [.ok(#"{"id":"c9e3"}"#)])
        #expect(later.result == .sent(messages: ["c9e2", "c9e3"]))
        #expect(later.requests.count == 1)
    }

    @Test(arguments: Loading.allCases)
    func `an interrupted message stays uncertain, whatever has changed meanwhile`(loading: Loading) async throws {
        let driver = try loading.avito
        guard
            case .request(_, let state, _) = try await driver.step(
                Self.text, state: nil, input: .start, in: Known.connected.context)
        else { throw Unexpected("no request") }
        var changed = Known.fresh
        changed.settings["client_id"] = "client-2"
        for known in [Known.connected, .fresh, changed] {
            let step = try await driver.step(Self.text, state: state, input: .failure(.unknown), in: known.context)
            guard case .result(.failed(let failure), _) = step else { throw Unexpected("\(step)") }
            #expect(failure.kind == .uncertain)
        }
    }

    @Test(arguments: Loading.allCases)
    func `a delivery tried again with other keys is for their account`(loading: Loading) async throws {
        let driver = try loading.avito
        let first = try await driver.run(Self.text, [.error(503)])
        var changed = Known.connected
        changed.settings["client_id"] = "client-2"
        let second = try await driver.run(
            Self.text, state: try first.failure.resume, known: changed, [.token, .ok(#"{"id":7}"#), .sent])
        #expect(second.paths.last == "POST /messenger/v1/accounts/7/chats/\(chatID)/messages")
    }

    @Test(arguments: Loading.allCases)
    func `without a client id there is nothing to ask with`(loading: Loading) async throws {
        let known = Known(settings: ["webhook_secret": webhookKey])
        let run = try await loading.avito.run(Self.text, known: known, [])
        #expect(try run.failure.kind == .reconnectNeeded)
    }

    @Test(arguments: Loading.allCases)
    func `a proxy of one's own is used and trusted with the keys`(loading: Loading) async throws {
        let driver = try loading.avito
        var known = Known.fresh
        known.settings["api_base"] = "http://127.0.0.1:8081/"
        let run = try await driver.run(Self.text, known: known, [.token, .myself, .sent])
        let hosts = driver.description.secretHosts(settings: known.settings)
        let rendered = try run.requests[0].rendered(secrets: ["client_secret": "s"], hosts: hosts)
        #expect(rendered.url == "http://127.0.0.1:8081/token")
    }
}
