import AuditInterface
import ChannelsInterface
import Kernel
import PluginHost
import Synchronization
import TestSupport
import Testing
import Vault

@testable import Channels
@testable import Persistence

struct AccountSignInTests {
    private static let png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB"
    private static let text = LocalizedText(english: "Wrong", russian: "Неверно", kazakh: "Қате")
    private static let wrong = PluginReason(code: "wrong-code", text: text)
    private static let state = PluginState(#"{"phone":"77010000001"}"#)

    private func makeWorld(_ engine: TestEngine) async throws -> (World, AccountSignIn, Connected) {
        let world = try await World(engine, driver: ScriptedDriver(signIn: [.picture, .phone], risk: Self.text))
        let connected = Connected()
        let signIn = AccountSignIn(
            database: world.database, vault: world.vault, channels: world.channels, exchange: world.exchange, audit: world.audit,
            time: world.time
        ) { channel, _ in connected.value.withLock { $0.append(channel) } }
        return (world, signIn, connected)
    }

    /// Channels that were connected after their sign-in.
    private final class Connected: Sendable { let value = Mutex<[ChannelID]>([]) }

    private func next(_ world: World, _ results: OperationResult...) { world.driver.script.results.withLock { $0 = results } }

    private func connect(_ world: World) async throws -> ChannelID {
        try await world.administration.add(
            kind: "scripted", name: "Test", mode: "webhook", settings: ["token": "t"], riskAccepted: true, by: .system,
            account: world.account
        ).view.id
    }

    @Test(arguments: TestEngine.all) func `a risk is accepted before anything is made, and who did is kept`(engine: TestEngine)
        async throws
    {
        let (world, _, _) = try await makeWorld(engine)
        await #expect(throws: Problem.self) {
            try await world.administration.add(
                kind: "scripted", name: "Test", mode: "webhook", settings: ["token": "t"], by: .system, account: world.account)
        }
        #expect(try await world.administration.list(world.account).isEmpty && world.audit.actions.isEmpty)
        let id = try await connect(world)
        #expect(world.audit.actions == ["channel.connected", "channel.risk-accepted"])
        let line = try #require(world.audit.entries.last)
        #expect(line.object == "channel/\(id)" && line.occurredAt == VirtualTime.start)
    }

    @Test(arguments: TestEngine.all) func `an attempt goes from picture to picture until the account is in`(engine: TestEngine)
        async throws
    {
        let (world, signIn, connected) = try await makeWorld(engine)
        let (id, account, end) = (try await connect(world), world.account, VirtualTime.start.advanced(by: .seconds(18)))
        next(world, .signIn(.picture(base64: Self.png, until: end), state: Self.state))
        let begun = try await signIn.begin(.picture, phone: nil, id, by: .system, account: account)
        #expect(begun.state == .picture && begun.picture == "data:image/png;base64," + Self.png && begun.until == end)
        // However often a browser asks, the provider is not asked more often than every two seconds.
        let asked = world.driver.script.asked.withLock { $0.count }
        #expect(try await signIn.look(id, by: .system, account: account).state == .waiting)
        #expect(world.driver.script.asked.withLock { $0.count } == asked)
        world.time.advance(by: .seconds(3))
        next(world, .failed(OperationFailure(kind: .retry(after: nil, scope: .channel), reason: Self.wrong)))
        let hitch = try await signIn.look(id, by: .system, account: account)
        #expect(hitch.state == .waiting && hitch.reason?.ru == "Неверно")
        next(world, .signIn(.signedIn, state: Self.state))
        #expect(try await signIn.look(id, by: .system, account: account).state == .signedIn)
        #expect(connected.value.withLock { $0 } == [id])
        #expect(world.audit.actions.suffix(2) == ["channel.sign-in-begun", "channel.signed-in"])
        await #expect(throws: Problem.notFound) { try await signIn.look(id, by: .system, account: account) }
    }

    @Test(arguments: TestEngine.all) func `answers are counted, and the attempt that they belong to is the latest`(
        engine: TestEngine
    ) async throws {
        let (world, signIn, _) = try await makeWorld(engine)
        let (id, account) = (try await connect(world), world.account)
        let asks = OperationResult.signIn(.asks(.code, nil), state: Self.state)
        next(world, asks, asks)
        let old = try await signIn.begin(.phone, phone: "77010000001", id, by: .system, account: account)
        let attempt = try await signIn.begin(.phone, phone: "77010000001", id, by: .system, account: account)
        await #expect(throws: Problem.self) {
            try await signIn.answer("12345", to: old.attempt, of: id, by: .system, account: account)
        }
        for number in 1...5 {
            next(world, .signIn(.asks(.code, Self.wrong), state: Self.state))
            let view = try await signIn.answer("12345", to: attempt.attempt, of: id, by: .system, account: account)
            #expect(view.state == (number < 5 ? .asks : .failed))
        }
        await #expect(throws: Problem.notFound) {
            try await signIn.answer("12345", to: attempt.attempt, of: id, by: .system, account: account)
        }
        #expect(world.audit.entries.allSatisfy { !$0.detail.contains("12345") && !$0.detail.contains("7701") })
    }

    @Test(arguments: TestEngine.all) func `what is kept of an attempt is sealed, and lasts a quarter of an hour`(
        engine: TestEngine
    ) async throws {
        let (world, signIn, _) = try await makeWorld(engine)
        let (id, account) = (try await connect(world), world.account)
        next(world, .signIn(.asks(.code, nil), state: Self.state))
        _ = try await signIn.begin(.phone, phone: "77010000001", id, by: .system, account: account)
        let kept = try await world.database.read(in: account) { try SignInStore(transaction: $0).find(id, account: account) }
        #expect(String(decoding: kept?.attempt ?? [], as: UTF8.self).contains("7701") == false && kept != nil)
        world.time.advance(by: .seconds(899))
        next(world, .signIn(.waiting, state: Self.state))
        #expect(try await signIn.look(id, by: .system, account: account).state == .waiting)
        world.time.advance(by: .seconds(1))
        await #expect(throws: Problem.notFound) { try await signIn.look(id, by: .system, account: account) }
    }

    @Test(arguments: TestEngine.all) func `only a PNG becomes a part of a page`(engine: TestEngine) async throws {
        let (world, signIn, _) = try await makeWorld(engine)
        let (id, account) = (try await connect(world), world.account)
        for picture in ["", "PHN2Zz4=", "no base64!", Self.png + #""><script>"#] {
            next(world, .signIn(.picture(base64: picture, until: VirtualTime.start), state: Self.state))
            await #expect(throws: Problem.self) {
                try await signIn.begin(.picture, phone: nil, id, by: .system, account: account)
            }
        }
        await #expect(throws: Problem.notFound) {
            try await signIn.begin(.picture, phone: nil, ChannelID(), by: .system, account: account)
        }
        await #expect(throws: Problem.notFound) {
            try await signIn.begin(.picture, phone: nil, id, by: .system, account: AccountID())
        }
    }

    /// The plugin learns that there is an answer, never what it is.
    @Test(arguments: TestEngine.all) func `an answer is a secret of one operation`(engine: TestEngine) async throws {
        let (world, _, _) = try await makeWorld(engine)
        let id = try await connect(world)
        let channel = try #require(try await world.channels.channel(id, of: world.account))
        let answering = channel.answering("12345")
        #expect(answering.context(at: world.time.now()).secrets.contains(SignInAct.answerSecret))
        #expect(!answering.context(at: world.time.now()).settings.values.contains("12345"))
        #expect(answering.allSecrets[SignInAct.answerSecret] == "12345")
        #expect(channel.allSecrets[SignInAct.answerSecret] == nil)
    }
}
