import ChannelsInterface
import Foundation
import Testing

@testable import Channels

struct PagePolicyTests {
    private let page = PageOrigin("https://shop.example")

    private func script(_ policy: String, nonce: String? = nil, at address: String = "https://inbox.example/widget.js") throws
        -> String?
    {
        let url = try #require(URL(string: address))
        return PagePolicy(policy)?.forbidden(script: url, nonce: nonce, on: page)
    }

    @Test(arguments: [
        "", ";;", "img-src 'none'", "script-src *", "script-src https:", "script-src http:", "default-src https:",
        "script-src https://inbox.example", "script-src inbox.example", "script-src *.example",
        "script-src HTTPS://INBOX.EXAMPLE",
        "script-src https://inbox.example:443", "script-src https://inbox.example:*", "script-src http://inbox.example",
        "script-src https://inbox.example/widget.js", "script-src https://inbox.example/",
        "default-src 'none'; script-src inbox.example",
        "script-src 'none'; script-src-elem inbox.example", "script-src 'nonce-abc'", "script-src 'strict-dynamic' 'nonce-abc'",
        "script-src inbox.example; script-src 'none'", "script-src 'self' https://cdn.example inbox.example",
    ])
    func `lets the script in`(policy: String) throws { #expect(try script(policy, nonce: "abc") == nil) }

    @Test(arguments: [
        ("script-src 'none'", "script-src"), ("script-src", "script-src"), ("default-src 'self'", "default-src"),
        ("script-src 'self' 'unsafe-inline'", "script-src"), ("script-src-elem 'self'; script-src *", "script-src-elem"),
        ("script-src https://other.example", "script-src"), ("script-src inbox.example:8443", "script-src"),
        ("script-src https://inbox.example/other.js", "script-src"), ("script-src https://inbox.example/js/", "script-src"),
        ("script-src *.inbox.example", "script-src"), ("script-src wss:", "script-src"), ("script-src 'nonce-xyz'", "script-src"),
        ("script-src 'strict-dynamic' 'nonce-xyz' https://inbox.example", "script-src"),
        ("script-src 'sha256-abc='", "script-src"),
        ("SCRIPT-SRC 'none'", "script-src"), ("script-src evilinbox.example", "script-src"),
    ])
    func `keeps the script out, and says which directive does`(policy: String, directive: String) throws {
        #expect(try script(policy, nonce: "abc") == directive)
    }

    @Test func `our own page's script is its own`() throws {
        #expect(try script("script-src 'self'", at: "https://shop.example/widget.js") == nil)
        #expect(try script("script-src 'self'", at: "http://shop.example/widget.js") == "script-src")
    }

    @Test func `a source without a scheme means the page's, or better`() throws {
        #expect(try script("script-src inbox.example", at: "http://inbox.example/widget.js") == "script-src")
    }

    @Test func `connections have a directive of their own`() throws {
        let url = try #require(URL(string: "https://inbox.example/webchat/"))
        #expect(PagePolicy("script-src 'none'")?.forbidden(connection: url, on: page) == nil)
        #expect(PagePolicy("connect-src 'self'")?.forbidden(connection: url, on: page) == "connect-src")
        #expect(PagePolicy("default-src 'self'")?.forbidden(connection: url, on: page) == "default-src")
        #expect(PagePolicy("default-src 'self'; connect-src https://inbox.example")?.forbidden(connection: url, on: page) == nil)
    }

    @Test(arguments: [
        ("default-src 'none'", "script-src https://inbox.example; connect-src https://inbox.example"),
        (
            "default-src 'self' https:; script-src 'nonce-r4nd0m' cdn.example",
            "script-src 'nonce-…' cdn.example https://inbox.example"
        ),
        ("script-src-elem 'self'; connect-src *", "script-src-elem 'self' https://inbox.example"),
        ("default-src 'self'; script-src *", "connect-src 'self' https://inbox.example"),
        ("script-src 'strict-dynamic'; connect-src *", nil), ("script-src *; connect-src *", nil),
    ])
    func `says how the policy should read`(policy: String, remedy: String?) throws {
        let script = try #require(URL(string: "https://inbox.example/widget.js"))
        let connection = try #require(URL(string: "https://inbox.example/webchat/"))
        let policy = try #require(PagePolicy(policy))
        let told = policy.amended(
            for: script, nonce: nil, connection: connection, server: "https://inbox.example", on: page)
        #expect(told == remedy)
    }

    @Test func `a header field may hold several`() {
        #expect(PagePolicy.policies(inHeader: "script-src 'self', default-src *,,").count == 2)
    }

    @Test(arguments: [
        "script-src ://", "script-src https://", "script-src :", "script-src *.", "script-src a:b:c", "script-src //",
        "script-src '",
    ])
    func `a broken source lets nothing in`(policy: String) throws { #expect(try script(policy) == "script-src") }
}
