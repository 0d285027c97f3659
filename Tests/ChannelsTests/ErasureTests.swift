import ChannelsInterface
import HTTPTypes
import Kernel
import Persistence
import TestSupport
import Testing

@testable import Channels
@testable import PluginHost
@testable import WebSupport

/// Somebody wants their data deleted, and said so to the provider.
struct ErasureTests {
    let secret = "app-secret"

    @Test(arguments: TestEngine.all) func `what lies in the inbox is deleted, once, for every channel of the app`(
        engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let (first, second) = (try await world.page("1", secret), try await world.page("2", secret))
        try await world.deliver("pages\n1 aigul a\n1 boris b\n2 aigul c", to: first, secret)
        let answer = try await world.hook(first, body: "aigul", signature: secret, purpose: "delete")
        let words = answer.text.split(separator: " ").map(String.init)
        let code = try #require(words.last)
        #expect(answer.status == 200 && code.count == 32)
        #expect(words.first == "https://inbox.example/data-deletion/\(code)")
        #expect(try await world.texts(in: first) == ["b"])
        #expect(try await world.texts(in: second) == [])
        // The provider asks again: the same number, no second request.
        #expect(try await world.hook(second, body: "aigul", signature: secret, purpose: "delete").text == answer.text)
        let requested = world.sink.events(of: ErasureRequested.self)
        #expect(requested.count == 1)
        #expect(requested.first?.identityKeys == [first.identityKey("aigul"), second.identityKey("aigul")])
        let account = world.account
        let rows = try await world.database.read(in: account) { try ErasureStore(transaction: $0).all(of: account) }
        #expect(rows.map(\.removed) == [2] && rows.first?.dueAt == rows.first?.requestedAt.advanced(by: Erasures.term))
        // Another person has another number, and a guess at the signature has none.
        #expect(try await world.hook(first, body: "boris", signature: secret, purpose: "delete").text != answer.text)
        await #expect(throws: Problem.unauthenticated) {
            try await world.hook(first, body: "aigul", signature: "guess", purpose: "delete")
        }
    }

    @Test func `a paused channel hears of it too`() async throws {
        let world = try await World(.sqlite)
        let channel = try await world.page("1", secret)
        try await world.deliver("pages\n1 aigul a", to: channel, secret)
        _ = try await world.administration.change(
            channel.id, name: nil, state: "paused", settings: nil, by: .system, account: world.account)
        #expect(try await world.hook(channel, body: "aigul", signature: secret, purpose: "delete").status == 200)
        #expect(try await world.texts(in: channel) == [])
    }

    @Test(arguments: TestEngine.all) func `the page says what is done and what waits, in three languages`(
        engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let channel = try await world.page("1", secret)
        let answer = try await world.hook(channel, body: "aigul", signature: secret, purpose: "delete")
        let code = String(answer.text.suffix(32))
        for (language, waits, done) in [
            ("en", "Not done yet", "the company says"), ("ru", "Ещё не сделано", "компания сообщила"),
            ("kk", "Әлі орындалған жоқ", "хабарлады"),
        ] {
            let page = try await world.page(code: code, query: "lang=\(language)")
            #expect(page.status == .ok && page.text.contains("<html lang=\"\(language)\">"))
            #expect(page.text.contains(waits) && !page.text.contains(done))
            for leak in ["aigul", "page 1", code, world.account.description] { #expect(!page.text.contains(leak)) }
            let policy = try #require(page.headers[.contentSecurityPolicy])
            #expect(policy.hasPrefix("default-src 'none'; style-src 'sha256-") && !policy.contains("unsafe"))
            #expect(!page.text.contains("<script"))
        }
        let account = world.account
        let row = try await world.database.read(in: account) { try ErasureStore(transaction: $0).all(of: account).first }
        let id = try #require(row?.id)
        for (owner, found) in [(AccountID(), false), (account, true), (account, true)] {
            let settled = try await world.database.write(in: owner) {
                try ErasureStore(transaction: $0).settle(id, of: owner, at: world.time.now())
            }
            #expect(settled == found)
        }
        #expect(try await world.page(code: code, query: "").text.contains("the company says"))
        let unknown = try await world.page(code: String(code.reversed()), query: "lang=ru")
        #expect(unknown.status == .notFound && unknown.text.contains("такого номера") == false)
        #expect(unknown.text.contains("Запроса с таким номером нет"))
    }

    static let readers: [(String?, String?, Language)] = [
        ("ru", "kk", .russian), (nil, "kk-KZ,ru;q=0.8", .kazakh), (nil, "de, ru;q=0.9", .russian), ("xx", "*", .english),
        (nil, nil, .english),
    ]

    @Test(arguments: readers)
    func `the page speaks the reader's language`(asked: String?, accepted: String?, expected: Language) {
        #expect(ErasurePage.language(asked: asked, accepted: accepted) == expected)
    }
}

extension World {
    func page(code: String, query: String) async throws -> (status: HTTPResponse.Status, headers: HTTPFields, text: String) {
        let routes = ErasureRoutes(database: database, audit: RecordingAuditTrail(), time: time).routes
        let route = try #require(routes.first { $0.path == "/data-deletion/{code}" })
        let call = Call(
            method: .get, path: route.path, headers: [:], body: [], requestID: "test", client: ClientAddress("127.0.0.1"),
            caller: nil, isStillAllowed: { true }, parameters: ["code": code], queryText: query)
        let reply = try await route.handler(call)
        guard case .bytes(let bytes) = reply.body else { return (reply.status, reply.headers, "") }
        return (reply.status, reply.headers, String(decoding: bytes, as: UTF8.self))
    }
}
