import Egress
import Kernel
import LocalServer
import Testing

struct RedirectTests {
    private static func redirecting(_ location: @escaping @Sendable () -> String, status: String = "302 Found") throws
        -> LocalServer
    {
        try LocalServer.http { seen in
            seen.line.contains("/end") ? reply("200 OK", body: seen.line) : reply(status, ["Location: \(location())"])
        }
    }

    @Test func `no redirect is followed unless asked for`() async throws {
        let server = try Self.redirecting { "/end" }
        let client = Client()
        #expect(try await client.egress.send(.test(server.url)).status == 302)
        #expect(try await client.egress.send(.test(server.url).with { $0.redirects = 1 }).status == 200)
        #expect(client.log.now.count == 3)
    }

    @Test(arguments: [
        "end?next=https://example.com/", "/end", "?x=/end", "./a/../end", "//127.0.0.1:PORT/end",
        "HTTP://127.0.0.1:PORT/end",
    ])
    func `every way to write an address is understood`(location: String) async throws {
        let port = Box(0)
        let server = try Self.redirecting { location.replacing("PORT", with: "\(port.now)") }
        let number = server.port
        port.with { $0 = number }
        #expect(try await Client().egress.send(.test(server.url).with { $0.redirects = 1 }).status == 200)
    }

    @Test func `a circle ends`() async throws {
        let server = try Self.redirecting { "/again" }
        let client = Client()
        let error = await client.failure(.test(server.url).with { $0.redirects = 3 })
        #expect(error == EgressError(.blocked(.redirect), .maybeSent))
        #expect(client.log.now.count == 5)
    }

    @Test(arguments: [
        "http://127.0.0.2:PORT/end", "//127.0.0.2:PORT/end", "http://2130706434:PORT/end", "http://0x7f.2:PORT/end",
        "http://user@127.0.0.1:PORT/end", "file:///etc/passwd", "gopher://127.0.0.1:PORT/", "https://10.0.0.1/",
        "https://169.254.169.254/latest", "http://[::ffff:127.0.0.2]:PORT/end", "http:\\\\127.0.0.2\\",
        "HTTP://127.0.0.2:PORT/end",
        "/end\u{1}", "javascript:alert(1)", "https:10.0.0.1", "http:////127.0.0.2:PORT/end", "///127.0.0.2:PORT/end",
    ])
    func `a redirect to where the request could not go itself is refused`(location: String) async throws {
        let inside = try LocalServer.http { _ in reply("200 OK", body: "secret") }
        let server = try Self.redirecting { location.replacing("PORT", with: "\(inside.port)") }
        let client = Client(allowing: ["127.0.0.1/32"])
        do {
            let response = try await client.egress.send(.test(server.url).with { $0.redirects = 3 })
            // What stays at the same server reached nothing inside.
            #expect(response.body != Array("secret".utf8))
        } catch let error as EgressError { #expect(error.delivery == .maybeSent) }
        #expect(inside.accepted == 0)
    }

    @Test func `a redirect to an undeclared host is refused`() async throws {
        let other = try LocalServer.http { _ in reply("200 OK") }
        let server = try Self.redirecting { "http://127.0.0.2:\(other.port)/end" }
        let client = Client(declared: { $0 == "127.0.0.1" })
        let request = EgressRequest(.get, server.url, purpose: .signIn).with { $0.redirects = 3 }
        #expect(await client.failure(request) == EgressError(.blocked(.undeclaredHost("127.0.0.2")), .maybeSent))
        #expect(other.accepted == 0)
    }

    @Test func `credentials and headers stay with the host they were meant for`() async throws {
        let seen = Box<[Seen]>([])
        let other = try LocalServer.http { request in
            seen.with { $0.append(request) }
            return reply("200 OK")
        }
        let server = try LocalServer.http { request in
            seen.with { $0.append(request) }
            let next = request.line.contains("/away") ? "http://127.0.0.1:\(other.port)/end" : "/away"
            return reply("307 Temporary Redirect", ["Location: \(next)"])
        }
        var request = EgressRequest.test(server.url).with { $0.redirects = 2 }
        request.headers = ["X-Key": "key"]
        request.credentials = [.bearer("token", host: "127.0.0.1")]
        #expect(try await Client().egress.send(request).status == 200)
        let all = seen.now
        #expect(all.count == 3)
        #expect(
            all.prefix(2).allSatisfy { $0.header("authorization") == "Bearer token" && $0.header("x-key") == "key" })
        #expect(all.last?.header("authorization") == nil && all.last?.header("x-key") == nil)
    }

    @Test func `a credential is not sent to another host`() async throws {
        let seen = Box<[Seen]>([])
        let server = try LocalServer.http { request in
            seen.with { $0.append(request) }
            return reply("200 OK")
        }
        var request = EgressRequest.test(server.url)
        request.credentials = [.bearer("token", host: "api.telegram.org"), .bearer("x", host: "27.0.0.1")]
        request.signature = SigV4Credential(host: "s3.example.com", accessKey: "a", secretKey: "b", region: "eu")
        _ = try await Client().egress.send(request)
        #expect(seen.now.first?.header("authorization") == nil)

        var telegram = EgressRequest.test(server.url + "/bot{secret}/getMe")
        telegram.pathSecret = PathSecret(host: "api.telegram.org", value: "1:A")
        #expect(await Client().failure(telegram) == EgressError(.blocked(.credential)))
        telegram.pathSecret = PathSecret(host: "127.0.0.1", value: "1:A/../../x")
        #expect(await Client().failure(telegram) == EgressError(.invalidRequest("path secret")))
        telegram.pathSecret = PathSecret(host: "127.0.0.1", value: "1:A-b_c")
        _ = try await Client().egress.send(telegram)
        #expect(seen.now.last?.line == "GET /bot1:A-b_c/getMe HTTP/1.1")
        telegram.pathSecret = nil
        #expect(await Client().failure(telegram) == EgressError(.invalidRequest("path secret")))
        telegram.pathSecret = PathSecret(host: "127.0.0.1", value: "evil.example")
        telegram.url = "http://{secret}:1/"
        #expect(await Client().failure(telegram) != nil)
    }

    @Test(arguments: [
        ("302 Found", "GET", 0), ("303 See Other", "GET", 0), ("307 Temporary Redirect", "POST", 1),
        ("308 Permanent Redirect", "POST", 1),
    ])
    func `what becomes of a post`(status: String, method: String, bodySize: Int) async throws {
        let seen = Box<[Seen]>([])
        let server = try LocalServer.http { request in
            seen.with { $0.append(request) }
            return request.line.contains("/end") ? reply("200 OK") : reply(status, ["Location: end"])
        }
        _ = try await Client().egress.send(.test(.post, server.url, body: "x").with { $0.redirects = 1 })
        #expect(seen.now.last?.line == "\(method) /end HTTP/1.1" && seen.now.last?.body.count == bodySize)
    }

    @Test func `a body is not carried to another host`() async throws {
        let other = try LocalServer.http { _ in reply("200 OK") }
        let server = try Self.redirecting({ "http://127.0.0.2:\(other.port)/end" }, status: "307 Temporary Redirect")
        let error = await Client().failure(.test(.post, server.url, body: "x").with { $0.redirects = 1 })
        #expect(error == EgressError(.blocked(.redirect), .maybeSent))
        #expect(other.accepted == 0)
    }

    @Test func `nothing printed holds a secret`() async throws {
        var request = EgressRequest.test("https://api.example.com/bot{secret}/x?key=hidden1")
        request.credentials = [.bearer("hidden2", host: "api.example.com")]
        request.pathSecret = PathSecret(host: "api.example.com", value: "hidden3")
        request.signature = SigV4Credential(host: "s3", accessKey: "hidden4", secretKey: "hidden5", region: "eu")
        let server = MailServer(host: "mail", username: "hidden6", password: "hidden7")
        var text = "\(request) \(String(reflecting: request)) \(request.credentials) \(server)"
        dump(request, to: &text)
        dump((request.credentials, request.pathSecret, request.signature, server), to: &text)
        #expect(!text.contains("hidden"))
    }
}
