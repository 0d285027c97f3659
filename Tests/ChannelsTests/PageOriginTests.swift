import ChannelsInterface
import Kernel
import Testing

struct PageOriginTests {
    @Test(arguments: [
        ("https://shop.example", "https://shop.example"), ("HTTPS://Shop.Example/", "https://shop.example"),
        ("https://shop.example:443", "https://shop.example"), ("http://shop.example:80", "http://shop.example"),
        ("http://localhost:8080", "http://localhost:8080"), ("https://*.shop.example", "https://*.shop.example"),
        ("https://xn--80aswg.example", "https://xn--80aswg.example"), ("http://127.0.0.1:9", "http://127.0.0.1:9"),
    ])
    func `is written as browsers write it`(given: String, text: String) throws {
        let origin = try #require(PageOrigin(given))
        #expect(origin.text == text && PageOrigin(origin.text) == origin)
    }

    @Test(arguments: [
        "", "null", "shop.example", "ftp://shop.example", "https://", "https://*", "https://*.", "https://a.*.example",
        "https://shop.example/page", "https://user@shop.example", "https://shop.example:0", "https://shop.example:65536",
        "https://shop.example:", "https://shop.example:+1", "https://-a.example", "https://a..example", "https://магазин.example",
        "https://a b.example", "https://shop.example?x", "https://shop.example#x", "https://shop.example\n", "//shop.example",
    ])
    func `is nothing else`(given: String) { #expect(PageOrigin(given) == nil) }

    private func chat(_ origins: [String]) -> WebChat {
        var settings = WebChatSettings()
        settings.origins = origins
        return WebChat(
            account: AccountID(), channel: ChannelID(), name: "", settings: settings,
            ownOrigin: PageOrigin("https://inbox.example"))
    }

    @Test func `without a list a chat runs anywhere`() {
        #expect(chat([]).mayRun(onPageOf: "https://anything.example") && chat([]).mayRun(onPageOf: "null"))
    }

    @Test(arguments: [
        ("https://shop.example", true), ("https://inbox.example", true), ("https://a.shop.example", false),
        ("http://shop.example", false), ("https://shop.example:8443", false), ("https://evil-shop.example", false),
        ("https://shop.example.evil.example", false), ("null", false), ("", false), ("https://a.wild.example", true),
        ("https://b.a.wild.example", true), ("https://wild.example", false), ("https://evilwild.example", false),
        ("https://*.wild.example", false),
    ])
    func `with a list it runs there and in our own pages`(origin: String, runs: Bool) {
        #expect(chat(["https://shop.example", "https://*.wild.example"]).mayRun(onPageOf: origin) == runs)
    }

    @Test func `a request without an origin is no other site's`() {
        #expect(chat(["https://shop.example"]).mayRun(onPageOf: nil))
    }
}
