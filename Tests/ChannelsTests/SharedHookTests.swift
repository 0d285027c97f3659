import ChannelsInterface
import HTTPTypes
import Kernel
import Logging
import Persistence
import TestSupport
import Testing

@testable import Channels
@testable import PluginHost
@testable import WebSupport

/// One hook for the channels of one app.
struct SharedHookTests {
    let secret = "app-secret"

    @Test(arguments: TestEngine.all) func `channels of one app have one address and one proof of it`(engine: TestEngine)
        async throws
    {
        let world = try await World(engine)
        let (first, second) = (try await world.page("1", secret), try await world.page("2", secret, kind: "pictures"))
        let (other, foreign) = (try await world.page("3", "other"), try await world.page("4", secret, account: AccountID()))
        #expect(
            second.settings.route == first.settings.route && second.settings.secrets["proof"] == first.settings.secrets["proof"])
        #expect(Set([first, other, foreign].map(\.settings.route)).count == 3)
        let listed = try await world.administration.list(world.account)
        #expect(listed.map(\.sharedWith) == [["page 2"], ["page 1"], []])
        #expect(Set(listed.map(\.webhookPath)).count == 2)
        // The address outlives the channel that it was made for.
        try await world.administration.remove(first.id, by: .system, account: world.account)
        #expect(try await world.deliver("pictures\n2 aigul hello", to: first, secret) == 200)
        #expect(try await world.texts(in: second) == ["hello"])
    }

    @Test(arguments: TestEngine.all) func `a batch of several pages goes to their channels, at once and once`(
        engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let pages = [try await world.page("1", secret), try await world.page("2", secret)]
        let body = "pages\n1 aigul a\n2 boris b\n1 boris c\n9 nobody d"
        for _ in 0..<3 { #expect(try await world.deliver(body, to: pages[1], secret) == 200) }
        #expect(try await world.texts(in: pages[0]) == ["a", "c"])
        #expect(try await world.texts(in: pages[1]) == ["b"])
        #expect(world.sink.events(of: ChannelEventReceived.self).count == 3)
        // What also holds somebody else's words is not kept as it came.
        let account = world.account
        let bodies = try await world.database.read(in: account) {
            try $0.row("SELECT count(*) AS n FROM channels_delivery WHERE account_id = \(account)") { try $0.int("n") }
        }
        #expect(bodies == 0)
    }

    @Test(arguments: TestEngine.all) func `nothing of a batch is stored when a part of it cannot be`(engine: TestEngine)
        async throws
    {
        let world = try await World(engine)
        let pages = [try await world.page("1", secret), try await world.page("2", secret)]
        struct Refusal: Error {}
        let refuse: @Sendable (any SQLTransaction) throws -> Void = { _ in throw Refusal() }
        let arrivals = [
            Intake.Arrival(channel: pages[0], events: [world.message("0")]),
            Intake.Arrival(channel: pages[1], events: [world.message("1")], extra: refuse),
        ]
        await #expect(throws: Refusal.self) { try await world.intake.accept(arrivals) }
        #expect(try await world.texts(in: pages[0]) == [])
    }

    @Test(arguments: TestEngine.all) func `a channel gets only what its own app's secret proves`(engine: TestEngine) async throws
    {
        let world = try await World(engine)
        let (mine, sold) = (try await world.page("1", secret), try await world.page("2", "other"))
        let elsewhere = try await world.page("3", secret, account: AccountID())
        // Signed by one app, it names pages of another app and of another account.
        #expect(try await world.deliver("pages\n1 aigul a\n2 aigul b\n3 aigul c", to: mine, secret) == 200)
        #expect(try await world.texts(in: mine) == ["a"])
        #expect(try await world.texts(in: sold) == [])
        #expect(try await world.texts(in: elsewhere) == [])
        // The address of one app, the signature of the other: each channel believes its own.
        #expect(try await world.deliver("pages\n1 aigul d\n2 aigul e", to: mine, "other") == 200)
        #expect(try await world.texts(in: mine) == ["a"])
        #expect(try await world.texts(in: sold) == ["e"])
        await #expect(throws: Problem.unauthenticated) { try await world.deliver("pages\n1 aigul f", to: mine, "guess") }
    }

    @Test(arguments: TestEngine.all) func `a channel that does not know its page takes what comes only when it is alone`(
        engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let fresh = try await world.page(nil, secret)
        #expect(try await world.deliver("pages\n1 aigul a", to: fresh, secret) == 200)
        #expect(try await world.texts(in: fresh) == ["a"])
        let known = try await world.page("2", secret)
        #expect(try await world.deliver("pages\n1 aigul b\n2 aigul c", to: fresh, secret) == 200)
        #expect(try await world.texts(in: fresh) == ["a"])
        #expect(try await world.texts(in: known) == ["c"])
    }

    /// Channels are kept open for a second.
    @Test func `a channel that has just learnt its page gets what comes at once`() async throws {
        let world = try await World(.sqlite)
        let (first, second) = (try await world.page("1", secret), try await world.page(nil, secret))
        #expect(try await world.deliver("pages\n1 aigul a\n2 aigul lost", to: first, secret) == 200)
        let learn = try await ChannelMemoryWriter(vault: world.vault).applying(
            [Remembered(name: "page", value: "2", isSecret: false, expiresAt: nil)], to: second)
        try await world.database.write(in: world.account) { try learn($0) }
        #expect(try await world.deliver("pages\n1 aigul b\n2 aigul c", to: first, secret) == 200)
        #expect(try await world.texts(in: first) == ["a", "b"])
        #expect(try await world.texts(in: second) == ["c"])
    }

    @Test func `a paused channel does not silence the others of its app`() async throws {
        let world = try await World(.sqlite)
        let (paused, active) = (try await world.page("1", secret), try await world.page("2", secret))
        _ = try await world.administration.change(
            paused.id, name: nil, state: "paused", settings: nil, by: .system, account: world.account)
        #expect(try await world.deliver("pages\n1 aigul a\n2 aigul b", to: paused, secret) == 200)
        #expect(try await world.texts(in: paused) == [])
        #expect(try await world.texts(in: active) == ["b"])
        _ = try await world.administration.change(
            active.id, name: nil, state: "paused", settings: nil, by: .system, account: world.account)
        await #expect(throws: Problem.unavailable("This channel is paused.")) {
            try await world.deliver("pages\n2 aigul c", to: active, secret)
        }
    }

    @Test func `the provider's question is answered by whichever channel knows the proof`() async throws {
        let world = try await World(.sqlite)
        let (first, second) = (try await world.page("1", secret), try await world.page("2", "other"))
        for channel in [first, second] {
            let proof = try #require(channel.settings.secrets["proof"])
            #expect(try await world.hook(first, method: .get, query: "proof=\(proof)").text == "42")
        }
        await #expect(throws: Problem.unauthenticated) { try await world.hook(first, method: .get, query: "proof=x") }
    }

    @Test func `a secret that is made up is made up also when a form sends it empty`() async throws {
        let world = try await World(.sqlite)
        let made = try await world.administration.add(
            kind: "pages", name: "page", mode: nil, settings: ["secret": secret, "proof": ""], by: .system, account: world.account
        )
        #expect(made.view.generated?["proof"]?.count == 43)
        _ = try await world.administration.change(
            made.view.id, name: nil, state: nil, settings: ["proof": ""], by: .system, account: world.account)
        let channel = try await world.channels.channel(made.view.id, of: world.account)
        #expect(channel?.settings.secrets["proof"] == made.view.generated?["proof"])
    }
}

extension World {
    /// A channel for the page of this id; nil when it has not learnt it yet.
    func page(_ page: String?, _ secret: String, kind: String = "pages", account: AccountID? = nil) async throws -> OpenChannel {
        let account = account ?? self.account
        let made = try await administration.add(
            kind: kind, name: "page \(page ?? "")", mode: nil, settings: ["secret": secret], by: .system, account: account)
        let channel = try #require(try await channels.channel(made.view.id, of: account))
        if let page {
            let store = try await ChannelMemoryWriter(vault: vault).applying([Remembered(name: "page", value: page)], to: channel)
            try await database.write(in: account) { try store($0) }
        }
        channels.forget()
        return try #require(try await channels.channel(made.view.id, of: account))
    }

    /// What the hook of `channel` answers.
    func hook(
        _ channel: OpenChannel, method: HTTPRequest.Method = .post, query: String = "", body: String = "", signature: String = "",
        purpose: String? = nil
    ) async throws -> (status: Int, text: String) {
        let erasures = Erasures(audit: RecordingAuditTrail(), time: time, publicURL: "https://inbox.example")
        let routes = HookRoutes(
            channels: channels, intake: intake, erasures: erasures, time: time, logger: Logger(label: "test")
        ).routes
        let path = purpose == nil ? "/hooks/{route}" : "/hooks/{route}/{purpose}"
        let route = try #require(routes.first { $0.method == method && $0.path == path })
        var headers = HTTPFields()
        if let name = HTTPField.Name("x-signature") { headers[name] = signature }
        let call = Call(
            method: method, path: route.path, headers: headers, body: Array(body.utf8), requestID: "test",
            client: ClientAddress("127.0.0.1"), caller: nil, isStillAllowed: { true },
            parameters: ["route": channel.settings.route, "purpose": purpose].compactMapValues(\.self), queryText: query)
        let reply = try await route.handler(call)
        if case .bytes(let bytes) = reply.body { return (reply.status.code, String(decoding: bytes, as: UTF8.self)) }
        return (reply.status.code, "")
    }

    @discardableResult
    func deliver(_ body: String, to channel: OpenChannel, _ signature: String) async throws -> Int {
        try await hook(channel, body: body, signature: signature).status
    }

    /// What lies in the inbox of `channel`, in the order of the alphabet.
    func texts(in channel: OpenChannel) async throws -> [String] {
        let (id, account) = (channel.id, channel.account)
        let events = try await database.read(in: account) {
            try $0.rows("SELECT id FROM channels_event WHERE account_id = \(account) AND channel_id = \(id)") {
                try $0.id("id") as Identifier<InboundSubject>
            }
        }
        var found: [String] = []
        let reader = LiveInboundReader(vault: vault)
        for event in events {
            guard let stored = try await database.read(in: account, { try reader.stored(event, in: $0) }),
                case .message(let message) = try await reader.open(stored)?.kind
            else { continue }
            found.append(message.text)
        }
        return found.sorted()
    }
}
