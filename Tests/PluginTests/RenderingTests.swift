import PluginHost
import Testing

/// A-30: secrets go where they belong and nowhere else.
struct RenderingTests {
    private func request(
        _ parts: [RequestTemplate.Part], headers: [HeaderTemplate] = [], body: PluginRequest.Body = .none
    ) -> PluginRequest {
        PluginRequest(method: "GET", url: RequestTemplate(parts), headers: headers, body: body)
    }

    static let badURLs: [[RequestTemplate.Part]] = [
        [], [.text("")], [.text("ftp://a/")], [.text("//a/")], [.text("https:///x")], [.text("https://")],
        [.text("https://user:pass@a/")], [.text("https://a.example"), .secret("k", .percent)],
        [.text("https://"), .secret("k", .percent), .text("/")], [.secret("k", .raw)], [.text("https://a b/")],
        [.text("https://a/\r\n")], [.text("https://a\\@b/")], [.text("https://a%2eexample/")],
        [.text("https://ä.example/")],
    ]

    @Test(arguments: badURLs)
    func `a URL whose host is not plain is refused`(parts: [RequestTemplate.Part]) {
        #expect(throws: RenderingFault.badURL) {
            try request(parts).rendered(secrets: ["k": "evil.example"], hosts: ["a.example", "a"])
        }
    }

    static let hosts: [(String, String)] = [
        ("https://API.example/x", "api.example"), ("https://a:8443/", "a"), ("http://[::1]:80/", "[::1]"),
        ("https://a?x=1", "a"), ("https://a#x", "a"), ("https://a", "a"),
    ]

    @Test(arguments: hosts)
    func `the host is found`(row: (String, String)) throws {
        #expect(try request([.text(row.0)]).rendered(secrets: [:], hosts: []).host == row.1)
    }

    @Test func `a request without secrets may go anywhere, one with secrets may not`() throws {
        let free = try request([.text("https://cdn.example/f")]).rendered(secrets: ["k": "v"], hosts: [])
        #expect(!free.carriesSecrets)
        let header = HeaderTemplate(
            name: "Authorization", value: RequestTemplate([.text("Bearer "), .secret("k", .raw)]))
        let body = PluginRequest.Body.text(RequestTemplate([.secret("k", .json)]), contentType: "application/json")
        let form = PluginRequest.Body.form([FormPart(name: "a", content: .text(RequestTemplate([.secret("k", .raw)])))])
        let url: [RequestTemplate.Part] = [.text("https://evil.example/x")]
        for bad in [request(url, headers: [header]), request(url, body: body), request(url, body: form)] {
            #expect(throws: RenderingFault.foreignHost("evil.example")) {
                try bad.rendered(secrets: ["k": "v"], hosts: ["api.example"])
            }
        }
    }

    @Test func `a secret is encoded for its place`() throws {
        let parts: [RequestTemplate.Part] = [.text("https://a/"), .secret("k", .percent), .text("/x")]
        let rendered = try request(parts).rendered(secrets: ["k": "1:a/../?#%ы"], hosts: ["a"])
        #expect(rendered.url == "https://a/1:a%2F..%2F%3F%23%25%D1%8B/x")
        #expect(rendered.redactedURL == "https://a/…/x")
        #expect(throws: RenderingFault.unusableSecret("k")) {
            try request(parts).rendered(secrets: ["k": ".."], hosts: ["a"])
        }
        #expect(throws: RenderingFault.missingSecret("k")) { try request(parts).rendered(secrets: [:], hosts: ["a"]) }
        let header = HeaderTemplate(name: "A", value: RequestTemplate([.secret("k", .raw)]))
        #expect(throws: RenderingFault.unusableSecret("k")) {
            try request([.text("https://a/")], headers: [header]).rendered(secrets: ["k": "a\r\nb"], hosts: ["a"])
        }
        let body = PluginRequest.Body.text(
            RequestTemplate([.text("{\"a\":\""), .secret("k", .json), .text("\"}")]), contentType: "application/json")
        #expect(
            try request([.text("https://a/")], body: body).rendered(secrets: ["k": "\"\\\n"], hosts: ["a"]).body
                == .bytes(Array(#"{"a":"\"\\\n"}"#.utf8), contentType: "application/json"))
    }
}
