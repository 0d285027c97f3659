import HTTPTypes
import Kernel
import TestSupport
import Testing
import WebSupport

struct AccessTests {
    static let thing = "/api/v1/things/0197a000-0000-7000-8000-000000000000"

    @Test func `only those who prove who they are get in`() async throws {
        try await TestServer.sample { server async throws -> Void in
            let wrong: [[(String, String)]] = [
                [], [("Cookie", "__Host-sevensales=unknown")], [("Cookie", "sevensales=owner")],
                [("Cookie", "__Host-sevensales=")],
                [("Authorization", "Bearer unknown")], [("Authorization", "Basic a2V5")], [("Authorization", "key")],
                // A wrong key beside a good session is no session.
                [("Authorization", "Bearer unknown")] + TestServer.owner, [("X-API-Key", "key")],
            ]
            for headers in wrong {
                let answer = try await server.send("GET", Self.thing, headers: headers)
                #expect(answer.status == 401, "\(headers)")
                #expect(answer.problem == "unauthenticated")
            }
            for headers in [TestServer.owner, TestServer.key, [("Cookie", "a=b; __Host-sevensales=owner; c=d")]] {
                #expect(try await server.send("GET", Self.thing, headers: headers).status == 200, "\(headers)")
            }
        }
    }

    @Test func `a permission is needed where one is declared, and reads of personal data leave a line`() async throws {
        let lines = Recorder<String>()
        try await TestServer.sample(auditRead: { principal, action, path in
            lines.append("\(principal.role?.rawValue ?? "-") \(action) \(path)")
        }) { server async throws -> Void in
            #expect(try await server.send("GET", "/api/v1/audit", headers: TestServer.owner).text == "audit")
            let refused = try await server.send("GET", "/api/v1/audit", headers: TestAuthenticator.cookie("analyst"))
            #expect(refused.status == 403)
            #expect(refused.problem == "forbidden")
            #expect(try await server.send("GET", "/api/v1/audit").status == 401)
        }
        #expect(lines.all == ["owner audit.viewed /api/v1/audit"])
    }

    /// A-48.
    @Test func `a browser's change needs the page's token and its origin`() async throws {
        try await TestServer.sample { server async throws -> Void in
            func post(_ headers: [(String, String)]) async throws -> TestHTTPClient.Answer {
                try await server.send("POST", "/api/v1/notes", headers: headers, body: #"{"note_text":"a"}"#)
            }
            let cookie = TestAuthenticator.cookie("owner", csrf: false)
            for headers in [
                [], [("X-CSRF-Token", "")], [("X-CSRF-Token", "wrong")], [("X-CSRF-Token", TestAuthenticator.csrf + "x")],
            ] {
                let answer = try await post(cookie + headers)
                #expect(answer.status == 403, "\(headers)")
                #expect(answer.problem == "csrf")
            }
            for site in ["cross-site", "same-site", "evil"] {
                #expect(try await post(TestServer.owner + [("Sec-Fetch-Site", site)]).problem == "csrf")
            }
            for site in ["same-origin", "none"] {
                #expect(try await post(TestServer.owner + [("Sec-Fetch-Site", site)]).status == 201)
            }
            #expect(try await post(TestServer.owner).status == 201)
            #expect(try await post(TestServer.key).status == 201, "a key is not sent by a browser on its own")
            #expect(try await server.send("DELETE", Self.thing, headers: cookie).problem == "csrf")
            #expect(try await server.send("GET", Self.thing, headers: cookie).status == 200)
        }
    }

    @Test func `whoever may not is told so before the body is read`() async throws {
        try await TestServer.sample { server async throws -> Void in
            let client = try server.client()
            try await client.write(
                "POST /api/v1/notes HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n")
            #expect(try await client.answer().status == 401)
        }
    }

    /// A-45: what stands in X-Forwarded-For is believed of our own proxy alone, and only its last foreign address.
    @Test func `a spoofed address does not reset the rate limit`() async throws {
        let time = VirtualTime()
        try await TestServer.sample(rates: [.credentials: .init(rate: 0.5, burst: 3)], time: time) {
            server async throws -> Void in
            func attempt(_ number: Int) async throws -> TestHTTPClient.Answer {
                try await server.send(
                    "POST", "/api/v1/sign-in",
                    headers: [
                        ("X-Forwarded-For", "203.0.113.\(number)"), ("Forwarded", "for=203.0.113.\(number)"),
                        ("X-Real-IP", "203.0.113.\(number)"),
                    ],
                    body: "{}")
            }
            for number in 0..<3 { #expect(try await attempt(number).status == 204) }
            for number in 3..<10 {
                let answer = try await attempt(number)
                #expect(answer.status == 429)
                #expect(answer.problem == "rate_limited")
                #expect(answer.headers["retry-after"] == "2")
            }
            #expect(try await server.send("GET", "/api/v1/open").status == 200, "other classes have their own")
            time.advance(by: .seconds(2))
            #expect(try await attempt(11).status == 204)
            #expect(try await attempt(12).status == 429)
        }
    }

    @Test func `behind our proxy the client is the last address that is not a proxy`() async throws {
        try await TestServer.sample(trustedProxies: ["127.0.0.1", "10.0.0.2"]) { server async throws -> Void in
            for (header, client) in [
                ("203.0.113.9", "203.0.113.9"), ("198.51.100.1, 203.0.113.9", "203.0.113.9"),
                ("198.51.100.1,203.0.113.9 , 10.0.0.2", "203.0.113.9"),
                ("2001:db8::5", "2001:db8:0:0::/64"),
            ] {
                #expect(try await server.send("GET", "/api/v1/client", headers: [("X-Forwarded-For", header)]).text == client)
            }
            #expect(
                try await server.send(
                    "GET", "/api/v1/client", headers: [("X-Forwarded-For", "1.1.1.1"), ("X-Forwarded-For", "2.2.2.2")]
                ).text == "2.2.2.2")
            #expect(try await server.send("GET", "/api/v1/client").text == "127.0.0.1")
        }
        try await TestServer.sample { server async throws -> Void in
            #expect(
                try await server.send("GET", "/api/v1/client", headers: [("X-Forwarded-For", "203.0.113.9")]).text == "127.0.0.1")
        }
    }

    @Test func `a bucket refills with time and holds no more than its burst`() throws {
        let time = VirtualTime()
        let limiter = RateLimiter(time: time)
        let limit = RateLimiter.Limit(rate: 2, burst: 4)
        func taken() -> Int { (0..<20).count { _ in (try? limiter.take("a", limit)) != nil } }
        #expect(taken() == 4)
        time.advance(by: .seconds(1))
        #expect(taken() == 2)
        time.advance(by: .seconds(3_600))
        #expect(taken() == 4)
        #expect((try? limiter.take("b", limit)) != nil)
        // A million callers leave room for the next.
        for number in 0..<60_000 { try limiter.take("c\(number)", limit) }
        time.advance(by: .seconds(120))
        #expect(taken() == 4)
    }

    @Test(arguments: [
        ("https://inbox.example.kz", true), ("http://localhost:8080", true), ("http://127.0.0.1:8080", true),
        ("http://192.168.1.5:8080", false),
    ]) func `the cookie is as strict as the address allows`(url: String, isSecure: Bool) {
        let header = WebGate.Configuration(publicURL: url).cookie.header("token", seconds: 60)
        #expect(header.contains("HttpOnly") && header.contains("SameSite=Lax") && header.contains("Path=/"))
        #expect(header.hasPrefix("__Host-") == isSecure)
        #expect(header.contains("; Secure") == isSecure)
        #expect(!header.contains("Domain"))
    }
}
