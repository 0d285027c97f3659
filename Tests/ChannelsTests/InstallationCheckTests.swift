import ChannelsInterface
import Egress
import Kernel
import Logging
import PluginHost
import Synchronization
import TestSupport
import Testing

@testable import Channels

/// Pages by their address; others cannot be reached.
private final class Pages: Egress {
    struct Page: Sendable {
        var status = 200
        var headers: [(String, String)] = []
        var body = ""
    }

    let pages: [String: Page]
    let failure: EgressError
    let requests = Mutex<[EgressRequest]>([])

    init(_ pages: [String: Page], failure: EgressError = EgressError(.unreachable)) {
        (self.pages, self.failure) = (pages, failure)
    }

    func stream(_ request: EgressRequest) async throws -> EgressStream {
        requests.withLock { $0.append(request) }
        guard let page = pages[request.url] else { throw failure }
        let rest = Mutex(Array(page.body.utf8)[...])
        let headers = EgressHeaders(page.headers.map { EgressHeaders.Field($0.0, $0.1) })
        return EgressStream(head: EgressHead(status: page.status, headers: headers)) {
            rest.withLock { rest in
                defer { rest = rest.dropFirst(50_000) }
                return rest.isEmpty ? nil : Array(rest.prefix(50_000))
            }
        }
    }

    func send(_ request: EgressRequest) async throws -> EgressResponse { throw EgressError(.busy) }
    func sendMail(_ mail: EgressMail) async throws { throw EgressError(.busy) }
}

struct InstallationCheckTests {
    private static let page = "https://shop.example/"
    private static let script = #"<script src="https://inbox.example/widget.js" data-key="KEY" async></script>"#

    /// What is told about a site with these pages. `KEY` in them is the chat's.
    private func finding(
        _ pages: [String: Pages.Page], at address: String = page, failure: EgressError = EgressError(.unreachable),
        settings change: WebChatSettings.Change = .init(), server: String = "https://inbox.example", paused: Bool = false
    ) async throws -> (InstallationFinding, [EgressRequest]) {
        let world = try await World(try #require(TestEngine.all.first), modes: [.none])
        let made = try await world.administration.add(
            kind: "scripted", name: "Chat", mode: nil, settings: ["token": "x"], webChat: change, by: .system,
            account: world.account
        ).view
        if paused {
            _ = try await world.administration.change(
                made.id, name: nil, state: "paused", settings: nil, by: .system, account: world.account)
        }
        let key = try #require(made.publicKey)
        let egress = Pages(
            pages.mapValues { Pages.Page(status: $0.status, headers: $0.headers, body: $0.body.replacing("KEY", with: key)) },
            failure: failure)
        let check = InstallationCheck(egress: egress, channels: world.channels, publicURL: server)
        return (try await check.look(at: address, for: made.id, account: world.account), egress.requests.withLock { $0 })
    }

    private func finding(_ body: String, _ headers: [(String, String)] = []) async throws -> InstallationFinding {
        try await finding([Self.page: Pages.Page(headers: headers, body: body)]).0
    }

    @Test func `the snippet is found`() async throws {
        #expect(try await finding("<body>\(Self.script)") == InstallationFinding(.installed))
        #expect(try await finding(#"<base href="/x/">\#(Self.script)"#) == InstallationFinding(.installed))
    }

    @Test func `what is wrong with a page is told`() async throws {
        #expect(try await finding("<p>nothing") == InstallationFinding(.notFound))
        #expect(try await finding("<!-- \(Self.script) -->") == InstallationFinding(.notFound))
        let other = Self.script.replacing("KEY", with: "wk_other")
        #expect(try await finding(other) == InstallationFinding(.otherChat, "wk_other"))
        #expect(try await finding(other + Self.script) == InstallationFinding(.installed))
        let moved = Self.script.replacing("inbox.example", with: "old.example")
        #expect(try await finding(moved) == InstallationFinding(.otherServer, "old.example"))
        let asleep = Self.script.replacing(" async", with: " type=\"text/plain\"")
        #expect(try await finding(asleep) == InstallationFinding(.inactive, "text/plain"))
        #expect(
            try await finding(Self.script.replacing(" async", with: " type=module")) == InstallationFinding(.inactive, "module"))
    }

    @Test func `policies of the header and of the page are obeyed`() async throws {
        let header = [("Content-Security-Policy", "script-src 'self'")]
        let script = InstallationFinding(.scriptForbidden, "script-src", remedy: "script-src 'self' https://inbox.example")
        #expect(try await finding(Self.script, header) == script)
        let meta = #"<meta http-equiv="Content-Security-Policy" content="connect-src 'self'">"#
        let connection = InstallationFinding(
            .connectionForbidden, "connect-src", remedy: "connect-src 'self' https://inbox.example")
        #expect(try await finding(meta + Self.script) == connection)
        let strict = [("Content-Security-Policy", "script-src 'strict-dynamic' 'nonce-x'; connect-src 'none'")]
        let nonce = InstallationFinding(.nonceMissing, "script-src", remedy: "connect-src https://inbox.example")
        #expect(try await finding(Self.script, strict) == nonce)
        // Both files of the chat have the one path.
        let exact = [
            ("Content-Security-Policy", "script-src https://inbox.example/widget.js; connect-src https://inbox.example")
        ]
        #expect(try await finding(Self.script, exact) == InstallationFinding(.installed))
        let kind = [("content-security-policy", "script-src https://inbox.example; connect-src https://inbox.example")]
        #expect(try await finding(Self.script, kind) == InstallationFinding(.installed))
        let report = [("Content-Security-Policy-Report-Only", "default-src 'none'")]
        #expect(try await finding(Self.script, report) == InstallationFinding(.installed))
    }

    @Test func `the chat's own list of sites is looked at, with the address where the page was in the end`() async throws {
        var listed = WebChatSettings.Change()
        listed.origins = ["https://www.shop.example"]
        let found = Pages.Page(body: Self.script)
        let (there, _) = try await finding([Self.page: found], settings: listed)
        #expect(there == InstallationFinding(.siteNotListed, "https://shop.example"))
        let moved = Pages.Page(status: 301, headers: [("Location", "https://www.shop.example/start")])
        let (followed, requests) = try await finding(
            [Self.page: moved, "https://www.shop.example/start": found], settings: listed)
        #expect(followed == InstallationFinding(.installed))
        #expect(requests.map(\.url) == [Self.page, "https://www.shop.example/start"])
        #expect(requests.allSatisfy { $0.redirects == 0 && $0.credentials.isEmpty && $0.purpose == .installationCheck })
    }

    @Test func `redirects end somewhere`() async throws {
        let loop = Pages.Page(status: 302, headers: [("Location", "/")])
        let (found, requests) = try await finding([Self.page: loop])
        #expect(found == InstallationFinding(.unreachable, "redirect") && requests.count == 4)
    }

    @Test(arguments: [
        (EgressError(.unresolved), "unresolved"), (EgressError(.timeout(.connect)), "timeout"), (EgressError(.tls("x")), "tls"),
        (EgressError(.blocked(.address("10.0.0.1"))), "refused"), (EgressError(.blocked(.port(22))), "refused"),
        (EgressError(.blocked(.scheme)), "scheme"), (EgressError(.unreachable), "unreachable"),
    ])
    func `why a page cannot be reached is told without telling of networks`(error: EgressError, word: String) async throws {
        #expect(try await finding([:], failure: error).0 == InstallationFinding(.unreachable, word))
    }

    @Test func `what is no page is told`() async throws {
        #expect(try await finding([Self.page: Pages.Page(status: 404)]).0 == InstallationFinding(.unreachable, "404"))
        #expect(try await finding(Self.script, [("Content-Type", "application/pdf")]) == InstallationFinding(.noPage))
        #expect(try await finding(Self.script, [("Content-Type", "text/html; charset=utf-8")]) == InstallationFinding(.installed))
        #expect(try await finding([Self.page: Pages.Page(body: Self.script)], paused: true).0 == InstallationFinding(.paused))
    }

    @Test func `a server on plain HTTP serves no page on HTTPS`() async throws {
        let body = Self.script.replacing("https://inbox.example", with: "http://inbox.example")
        let (found, _) = try await finding([Self.page: Pages.Page(body: body)], server: "http://inbox.example")
        #expect(found == InstallationFinding(.plainServer))
    }

    @Test func `no more of a page is read than is allowed`() async throws {
        let filler = String(repeating: "x", count: InstallationCheck.mostBytes + 100_000)
        #expect(try await finding(filler + Self.script) == InstallationFinding(.notFound))
    }

    @Test(arguments: [
        "", "ftp://shop.example", "javascript:alert(1)", "https://", "https://user:secret@shop.example/", "file:///etc/passwd",
    ])
    func `what is no address of a page is refused`(address: String) async throws {
        await #expect(throws: Problem.self) { try await finding([:], at: address) }
    }

    @Test func `an address needs no scheme`() async throws {
        #expect(
            try await finding(["https://shop.example/": Pages.Page(body: Self.script)], at: " shop.example/ ").0.outcome
                == .installed)
    }

    @Test(arguments: TestEngine.all) func `where a chat was opened is noted once a minute`(engine: TestEngine) async throws {
        let world = try await World(engine, modes: [.none])
        let made = try await world.administration.add(
            kind: "scripted", name: "Chat", mode: nil, settings: ["token": "x"], by: .system, account: world.account
        ).view
        let sightings = ChatSightings(database: world.database, time: world.time, logger: Logger(label: "test"))
        func seen() async throws -> ChannelCondition.Sighting? { try await world.administration.list(world.account).first?.seen }
        let before = world.sink.events(of: ChannelChanged.self).count
        #expect(try await seen() == nil)
        await sightings.note("shop.example", of: made.id, account: world.account)
        await sightings.note("other.example", of: made.id, account: world.account)
        #expect(try await seen() == ChannelCondition.Sighting(host: "shop.example", at: VirtualTime.start))
        world.time.advance(by: .seconds(61))
        await sightings.note("shop.example", of: made.id, account: world.account)
        #expect(try await seen()?.at == VirtualTime.start.advanced(by: .seconds(61)))
        #expect(world.sink.events(of: ChannelChanged.self).count == before + 1, "only another site is news")
        await sightings.note("shop.example", of: ChannelID(), account: world.account)
    }
}
