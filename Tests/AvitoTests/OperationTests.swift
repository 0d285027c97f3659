import PluginHost
import PluginTestSupport
import Testing
import WireJSON

struct OperationTests {
    static let hook = "https://inbox.example.ru/hooks/8d1c"
    static let address = "\(hook)?key=\(webhookKey)"
    static let petrov = ChannelAccount(
        id: "94235311", name: "ИП Петров", url: "https://avito.ru/user/7d04/profile")
    static let asking = ["POST /token", "GET /core/v1/accounts/self"]
    static let (register, list) = ("POST /messenger/v3/webhook", "POST /messenger/v1/subscriptions")
    static let unregister = "POST /messenger/v1/webhook/unsubscribe"
    static let done = StepInput.ok(#"{"ok":true}"#)

    static func subscribed(_ urls: String...) -> StepInput {
        .ok(#"{"subscriptions":[\#(urls.map { #"{"url":"\#($0)","version":"3"}"# }.joined(separator: ","))]}"#)
    }

    @Test(arguments: Loading.allCases, [Known.fresh, .connected])
    func `connecting proves the keys and registers the address with its key`(loading: Loading, known: Known) async throws {
        let run = try await loading.avito.run(
            .connect(webhook: Self.hook), known: known, [.token, .myself, Self.done, Self.subscribed(Self.address)])
        #expect(run.result == .connected(Self.petrov))
        #expect(run.paths == Self.asking + [Self.register, Self.list])
        #expect(try run.requests[2].json == ["url": "https://inbox.example.ru/hooks/8d1c?key=…"])
        let secrets = ["access_token": "kQx", "webhook_secret": webhookKey]
        guard case .bytes(let bytes, _) = try run.requests[2].rendered(secrets: secrets, hosts: ["api.avito.ru"]).body else {
            throw Unexpected("no body")
        }
        #expect(try JSON.parse(bytes) == ["url": .string(Self.address)])
        #expect(run.remembered("user_id")?.value == "94235311")
        #expect(run.remembered("webhook")?.value == Self.hook)
        // A POST without a body, as documented.
        #expect(run.requests[3].body == .none)
        for state in run.states { #expect(!state.text.contains(webhookKey)) }
    }

    @Test(arguments: Loading.allCases)
    func `a shop of a name without end is connected`(loading: Loading) async throws {
        let name = String(repeating: "ы", count: 5_000)
        let run = try await loading.avito.run(
            .connect(webhook: nil), known: .fresh, [.token, .ok(#"{"id":7,"name":"\#(name)"}"#)])
        guard case .connected(let account) = run.result else { throw Unexpected("\(run.result)") }
        #expect(account.id == "7" && account.name == String(repeating: "ы", count: 512))
    }

    @Test(arguments: Loading.allCases)
    func `addresses of ours that are no longer valid are taken back, others stay`(loading: Loading) async throws {
        let known = Known.connected.remembering("webhook", "https://old.example/hooks/8d1c")
        let (old, outdated) = ("https://old.example/hooks/8d1c?key=\(webhookKey)", "\(Self.hook)?key=before")
        let crm = "https://crm.example/avito"
        let run = try await loading.avito.run(
            .connect(webhook: Self.hook), known: known,
            [
                .token, .myself, Self.done, Self.subscribed(crm, Self.address, old, outdated), Self.done,
                Self.subscribed(crm, Self.address, outdated), Self.done, Self.subscribed(crm, Self.address),
            ])
        #expect(run.result == .connected(Self.petrov))
        let taken = try run.requests.filter { $0.url.redacted.hasSuffix("unsubscribe") }.map { try $0.json["url"]?.string }
        #expect(taken == [old, outdated])
    }

    @Test(arguments: Loading.allCases)
    func `taking addresses back ends, and its failure does not undo the connection`(loading: Loading) async throws {
        let driver = try loading.avito
        let stale = Self.subscribed("\(Self.hook)?key=before")
        let endless = try await driver.run(
            .connect(webhook: Self.hook),
            [.token, .myself, Self.done] + Array(repeating: [stale, Self.done], count: 4).flatMap(\.self))
        #expect(endless.result == .connected(Self.petrov))
        for answers in [[StepInput.error(500)], [.failure(.unknown)], [stale, .failure(.unknown)], [stale, .error(400)]] {
            let run = try await driver.run(.connect(webhook: Self.hook), [.token, .myself, Self.done] + answers)
            #expect(run.result == .connected(Self.petrov))
        }
    }

    @Test(arguments: Loading.allCases)
    func `connecting for polling takes the address back`(loading: Loading) async throws {
        let driver = try loading.avito
        let known = Known.connected.remembering("webhook", Self.hook)
        let run = try await driver.run(
            .connect(webhook: nil), known: known,
            [.token, .myself, Self.subscribed(Self.address), Self.done, Self.subscribed()])
        #expect(run.result == .connected(Self.petrov))
        #expect(run.paths == Self.asking + [Self.list, Self.unregister, Self.list])
        #expect(run.remembered("webhook") == Remembered(name: "webhook", value: nil))
        let never = try await driver.run(.connect(webhook: nil), [.token, .myself])
        #expect(never.paths == Self.asking)
    }

    static let refusals: [([StepInput], OperationFailure.Kind, String)] = [
        ([.error(400)], .reconnectNeeded, "bad-keys"),
        ([.token, .error(403)], .reconnectNeeded, "forbidden"),
        ([.token, .ok(#"{"name":"x"}"#)], .retry(after: nil, scope: .channel), "unexpected-answer"),
        ([.token, .ok(#"{"id":-1}"#)], .retry(after: nil, scope: .channel), "unexpected-answer"),
        ([.token, .myself, .error(400)], .permanent, "bad-webhook"),
        ([.token, .myself, .error(402)], .retry(after: .seconds(3_600), scope: .channel), "subscription-required"),
        ([.token, .myself, .error(403)], .reconnectNeeded, "forbidden"),
        ([.token, .myself, .failure(.unknown)], .retry(after: nil, scope: .channel), "unavailable"),
        ([.token, .failure(.notSent)], .retry(after: nil, scope: .channel), "unavailable"),
    ]

    @Test(arguments: Loading.allCases, refusals)
    func `connecting says why it failed`(
        loading: Loading, row: ([StepInput], OperationFailure.Kind, String)
    ) async throws {
        let failure = try await loading.avito.run(.connect(webhook: Self.hook), row.0).failure
        #expect(failure.kind == row.1)
        #expect(failure.reason.code == row.2)
    }

    @Test(arguments: Loading.allCases, [[done], [.error(404)], [.error(400)], [.error(402)], [.error(403), .error(401)]])
    func `disconnecting takes the address back, and dead keys are as good`(
        loading: Loading, answers: [StepInput]
    ) async throws {
        let run = try await loading.avito.run(
            .disconnect, known: Known.connected.remembering("webhook", Self.hook), answers)
        #expect(run.result == .disconnected)
        #expect(run.paths.first == Self.unregister)
        #expect(try run.requests[0].json == ["url": "https://inbox.example.ru/hooks/8d1c?key=…"])
        #expect(run.remembered("webhook") == Remembered(name: "webhook", value: nil))
    }

    @Test(arguments: Loading.allCases)
    func `disconnecting is repeated when Avito is away, and needs nothing when nothing was registered`(
        loading: Loading
    ) async throws {
        let driver = try loading.avito
        #expect(try await driver.run(.disconnect, known: .fresh, []).result == .disconnected)
        let known = Known.connected.remembering("webhook", Self.hook)
        for answer in [StepInput.error(503), .failure(.unknown)] {
            let run = try await driver.run(.disconnect, known: known, [answer])
            #expect(try run.failure.kind == .retry(after: nil, scope: .channel))
        }
    }

    static let stub = #"{"type":"text","content":{"text":"Оформите подписку, чтобы API мессенджера показал чаты"}}"#
    static let healths: [(String?, [StepInput], ChannelHealth.State, String?)] = [
        (hook, [.myself, subscribed(address), .ok(#"{"chats":[]}"#)], .healthy, nil),
        (nil, [.myself, .ok(#"{"chats":[{"id":"a"}]}"#)], .healthy, nil),
        (hook, [.myself, subscribed()], .broken, "webhook-missing"),
        (hook, [.myself, subscribed("https://crm.example/avito")], .broken, "webhook-missing"),
        (hook, [.myself, subscribed("\(hook)?key=before")], .broken, "webhook-missing"),
        (hook, [.myself, .error(402)], .broken, "subscription-required"),
        (nil, [.myself, .error(402)], .broken, "subscription-required"),
        (nil, [.myself, .ok(#"{"chats":[{"id":"a","last_message":\#(stub)}]}"#)], .broken, "subscription-required"),
        (nil, [.error(401), .error(400)], .broken, "bad-keys"),
        (nil, [.error(403), .token, .error(403)], .broken, "forbidden"),
    ]

    @Test(arguments: Loading.allCases, healths)
    func `health tells what is wrong`(
        loading: Loading, row: (String?, [StepInput], ChannelHealth.State, String?)
    ) async throws {
        let run = try await loading.avito.run(.health(webhook: row.0), row.1)
        guard case .health(let health) = run.result else { throw Unexpected("\(run.result)") }
        #expect(health.state == row.2)
        #expect(health.reason?.code == row.3)
        if row.2 == .healthy { #expect(health.account == Self.petrov) }
    }

    @Test(arguments: Loading.allCases, [StepInput.error(500), .failure(.unknown), .ok("<html>")])
    func `a check that could not be made is no finding`(loading: Loading, answer: StepInput) async throws {
        let run = try await loading.avito.run(.health(webhook: nil), [answer])
        #expect(try run.failure.kind == .retry(after: nil, scope: .channel))
    }

    @Test(arguments: Loading.allCases)
    func `a picture lies open at its address`(loading: Loading) async throws {
        let run = try await loading.avito.run(.download(file: "https://img.k.avito.ru/1280.jpg"), known: .fresh, [])
        guard case .file(let location) = run.result else { throw Unexpected("\(run.result)") }
        let rendered = try location.request.rendered(secrets: [:], hosts: [])
        #expect(rendered.url == "https://img.k.avito.ru/1280.jpg")
        #expect(rendered.method == "GET" && rendered.headers.isEmpty)
    }

    @Test(arguments: Loading.allCases)
    func `a voice message's address is asked for by its id`(loading: Loading) async throws {
        let run = try await loading.avito.run(
            .download(file: "voice:a1 b2"), [.ok(#"{"voices_urls":{"a1 b2":"https://voice.avito.ru/x.mp4?sign=1"}}"#)])
        #expect(run.paths == ["GET /messenger/v1\(account)/getVoiceFiles?voice_ids=a1%20b2"])
        guard case .file(let location) = run.result else { throw Unexpected("\(run.result)") }
        #expect(location.mimeType == "audio/mp4" && location.name == "voice.mp4")
        #expect(try location.request.rendered(secrets: [:], hosts: []).url == "https://voice.avito.ru/x.mp4?sign=1")
    }

    static let badFiles: [(String, [StepInput], OperationFailure.Kind, String)] = [
        ("http://img.avito.ru/1", [], .permanent, "file-unavailable"), ("", [], .permanent, "file-unavailable"),
        ("file:///etc/passwd", [], .permanent, "file-unavailable"), ("https://", [], .permanent, "file-unavailable"),
        ("https://a b", [], .permanent, "file-unavailable"), ("https://a\\b", [], .permanent, "file-unavailable"),
        ("voice:a", [.ok(#"{"voices_urls":{}}"#)], .permanent, "file-unavailable"),
        ("voice:a", [.ok(#"{"voices_urls":{"a":"ftp://x"}}"#)], .permanent, "file-unavailable"),
        ("voice:a", [.error(404)], .permanent, "file-unavailable"),
        ("voice:a", [.ok("{}")], .retry(after: nil, scope: .channel), "unexpected-answer"),
        ("voice:a", [.error(500)], .retry(after: nil, scope: .channel), "unavailable"),
    ]

    @Test(arguments: Loading.allCases, badFiles)
    func `a file that cannot be had is explained`(
        loading: Loading, row: (String, [StepInput], OperationFailure.Kind, String)
    ) async throws {
        let failure = try await loading.avito.run(.download(file: row.0), row.1).failure
        #expect(failure.kind == row.2)
        #expect(failure.reason.code == row.3)
    }

    static let people = #"""
        "users":[{"id":94235311,"name":"ИП Петров"},{"id":238867123,"name":"Ольга","public_user_profile":{"avatar":{
        "default":"https://www.avito.st/stub.png","images":{"128x128":"https://a/128","256x256":"https://a/256"}}}}]
        """#

    @Test(arguments: Loading.allCases, ["{\"id\":\"c\",\(people)}", "{\"chat\":{\"id\":\"c\",\(people)}}"])
    func `a profile is the other person of the chat`(loading: Loading, body: String) async throws {
        let run = try await loading.avito.run(.profile(thread: chatID, contact: "238867123"), [.ok(body)])
        #expect(run.paths == ["GET /messenger/v2\(account)/chats/\(chatID)"])
        #expect(run.result == .profile(ContactIdentity(id: "238867123", name: "Ольга", avatar: "https://a/256")))
    }

    @Test(arguments: Loading.allCases)
    func `a profile tells what the chat's listing is called`(loading: Loading) async throws {
        let listing =
            #"{"id":1768287444,"title":"Mazda 3 2008","price_string":"300 000 ₽","url":"https://avito.ru/m_1768287444"}"#
        for body in [
            #"{"id":"c",\#(Self.people),"context":{"type":"item","value":\#(listing)}}"#,
            #"{"chat":{"id":"c",\#(Self.people),"context":{"type":"item","value":\#(listing)}}}"#,
        ] {
            let run = try await loading.avito.run(.profile(thread: chatID, contact: "238867123"), [.ok(body)])
            #expect(
                run.result
                    == .profile(
                        ContactIdentity(id: "238867123", name: "Ольга", avatar: "https://a/256"),
                        referral: Referral(
                            source: "listing", reference: "1768287444", title: "Mazda 3 2008, 300 000 ₽",
                            url: "https://avito.ru/m_1768287444")))
        }
    }

    @Test(arguments: Loading.allCases)
    func `a deleted buyer has no name, and an unknown chat no profile`(loading: Loading) async throws {
        let driver = try loading.avito
        let alone = try await driver.run(
            .profile(thread: chatID, contact: "5"), [.ok(#"{"users":[{"id":94235311,"name":"ИП Петров"}]}"#)])
        #expect(alone.result == .profile(ContactIdentity(id: "5")))
        for answers in [[StepInput.error(404)], [.error(403), .token, .error(403)]] {
            let run = try await driver.run(.profile(thread: chatID, contact: "5"), answers)
            #expect(try run.failure.kind == .permanent)
            #expect(try run.failure.reason.code == "chat-not-found")
        }
    }
}
