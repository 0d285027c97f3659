import Foundation
import Kernel
import TestSupport
import Testing
import WebSupport

struct RoutingTests {
    @Test func `a path that is not there is a problem, a known path with another method says which it has`() async throws {
        try await TestServer.sample { server async throws -> Void in
            for path in ["/api/v1/nothing", "/api/v1/things", "/api/v1/things/a/b", "/api", "/hooks", "/hooks/a/b", "/webchat/x"]
            {
                let answer = try await server.send("GET", path)
                #expect(answer.status == 404, "\(path)")
                #expect(answer.problem == "not_found", "\(path)")
                #expect(answer.headers["content-type"] == "application/problem+json")
            }
            let answer = try await server.send("PUT", "/api/v1/things/x")
            #expect(answer.status == 405)
            #expect(answer.headers["allow"] == "DELETE, GET")
            #expect(answer.problem == "method_not_allowed")
            #expect(try await server.send("GET", "/api/v1/notes").status == 405)
            #expect(try await server.send("POST", "/api/v1/open", body: "{}").status == 405)
            #expect(try await server.send("POST", "/nowhere", body: "{}").status == 404)
        }
    }

    @Test func `other paths are pages`() async throws {
        try await TestServer.sample { server async throws -> Void in
            for path in ["/", "/inbox", "/assets/app.js"] {
                let answer = try await server.send("GET", path)
                #expect(answer.status == 200)
                #expect(answer.text == "page \(path)")
                #expect(answer.headers["x-content-type-options"] == "nosniff")
            }
        }
    }

    @Test func `a problem names itself, the request and nothing of our inside`() async throws {
        try await TestServer.sample { server async throws -> Void in
            let answer = try await server.send("GET", "/api/v1/fails")
            #expect(answer.status == 500)
            #expect(!answer.text.contains("secret"))
            let document = try answer.json()
            #expect(Set(["type", "title", "status", "code", "detail", "request_id"]).isSubset(of: document.keys))
            #expect(document["status"] as? Int == 500)
            let away = try await server.send("GET", "/api/v1/away")
            #expect(away.status == 503)
            #expect(away.headers["retry-after"] == "2")
        }
    }

    @Test func `HEAD is GET without the body`() async throws {
        try await TestServer.sample { server async throws -> Void in
            let client = try server.client()
            for path in ["/api/v1/open", "/inbox"] {
                let (head, get) = (try await client.send("HEAD", path), try await client.send("GET", path))
                #expect(head.status == 200)
                #expect(head.body.isEmpty)
                #expect(head.headers["content-length"] == "\(get.body.count)", "\(path)")
            }
            #expect(try await client.send("HEAD", "/api/v1/nothing").status == 404)
            #expect(try await client.send("HEAD", "/api/v1/audit").status == 401)
        }
    }

    @Test(arguments: [
        "x", "..", "%2e%2e", "..%2f..%2fetc%2fpasswd", "%252e%252e", "a%2fb", "1", "null", "%00",
        "0197a000-0000-7000-8000-00000000000%30",
        "0197a000-0000-7000-8000-00000000000g", "0197a000-0000-7000-8000-000000000000;x", "0197a000-0000-7000-8000-000000000000.",
        "%ff%fe",
        "'%20OR%201=1",
    ]) func `what is no identifier is not found`(text: String) async throws {
        try await TestServer.sample { server async throws -> Void in
            let answer = try await server.send("GET", "/api/v1/things/\(text)", headers: TestServer.owner)
            #expect(answer.status == 404)
            #expect(answer.problem == "not_found")
        }
    }

    /// no spelling of a path reaches a route past its checks.
    @Test(arguments: [
        "/api/v1/%61udit", "/api%2fv1%2faudit", "/api/v1/things/..%2faudit", "/api/v1/open/../audit", "/./api/v1/audit",
        "//api//v1//audit",
        "/api/v1/audit/", "/API/V1/AUDIT", "/api/v1/audit%00", "/api/v1/audit;x=1", "/api/v1/audit%20", "/api/v1/open/..;/audit",
        "/%2e%2e/api/v1/audit", "/api/v1/%2561udit", "http://localhost/api/v1/audit",
    ]) func `no spelling of a path gets past its permission`(path: String) async throws {
        try await TestServer.sample { server async throws -> Void in
            for headers in [[], TestAuthenticator.cookie("analyst")] {
                let answer = try await server.send("GET", path, headers: headers)
                #expect(answer.text != "audit")
                #expect([400, 401, 403, 404].contains(answer.status) || answer.text.hasPrefix("page "), "\(answer.status)")
            }
        }
    }

    @Test func `the method is what the request line says`() async throws {
        try await TestServer.sample { server async throws -> Void in
            for name in ["X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"] {
                let answer = try await server.send(
                    "GET", "/api/v1/things/0197a000-0000-7000-8000-000000000000?_method=DELETE",
                    headers: TestServer.owner + [(name, "DELETE")])
                #expect(answer.status == 200)
            }
        }
    }

    @Test(arguments: [
        ("q=a%20b+c", "a b c"), ("q=%D2%9B", "қ"), ("q=", ""), ("q", ""), ("x=1&q=2&q=3", "2"), ("q=%zz", "-"), ("q=%ff", "-"),
        ("", "-"),
        ("q=a=b", "a=b"), ("%71=1", "1"), ("q=a%26limit%3D5%2B", "a&limit=5+"), ("q%3D1", "-"),
    ]) func `query values are decoded`(query: String, value: String) async throws {
        try await TestServer.sample { server async throws -> Void in
            let answer = try await server.send("GET", "/api/v1/search?\(query)")
            #expect(try answer.json()["q"] as? String == value, "\(answer.text)")
        }
    }

    @Test(arguments: [
        ("1", 200), ("100", 200), ("0", 422), ("101", 422), ("-1", 422), ("x", 422), ("99999999999999999999", 422), ("", 422),
    ])
    func `a list's limit is 1 to 100`(limit: String, status: Int) async throws {
        try await TestServer.sample { server async throws -> Void in
            #expect(try await server.send("GET", "/api/v1/search?limit=\(limit)").status == status)
        }
    }

    @Test func `requests on one connection are answered in order`() async throws {
        try await TestServer.sample { server async throws -> Void in
            let client = try server.client()
            for number in 0..<20 {
                #expect(try await client.send("GET", "/api/v1/search?q=\(number)").json()["q"] as? String == "\(number)")
            }
            // Pipelined.
            try await client.write((0..<10).map { "GET /api/v1/search?q=\($0) HTTP/1.1\r\nHost: x\r\n\r\n" }.joined())
            for number in 0..<10 { #expect(try await client.answer().json()["q"] as? String == "\(number)") }
        }
    }
}
