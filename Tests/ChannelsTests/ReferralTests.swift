import ChannelsInterface
import PluginHost
import Testing

@testable import Channels

struct ReferralTests {
    @Test func `a referral keeps what it names, and no address that a browser would run`() throws {
        let told = PluginHost.Referral(source: "ad", reference: "63", campaign: "", title: "T", url: "javascript:alert(1)")
        #expect(ChannelsInterface.Referral(told) == ChannelsInterface.Referral(source: .ad, reference: "63", title: "T"))
        #expect(ChannelsInterface.Referral(PluginHost.Referral(source: "riddle", reference: "1")) == nil)
        let page = PluginHost.Referral(source: "page", url: "HTTPS://shop.example/a")
        #expect(ChannelsInterface.Referral(page)?.url == "HTTPS://shop.example/a")
    }

    @Test(arguments: [
        "https://elsewhere.example/", "javascript:alert(1)", "https://shop.example.evil.example/",
        "https://shop.example@evil.example/",
        "https://shop.example:8443/", "http://shop.example/", "//shop.example/", "https:\\\\shop.example/", "",
        "https://shop.example/" + String(repeating: "a", count: 2_000),
    ])
    func `a page is one of the site that asks`(address: String) {
        #expect(VisitorPage(url: address, title: nil, origin: "https://shop.example") == nil)
    }

    @Test func `a page is kept without its place, and with a short title`() throws {
        let long = String(repeating: "т", count: 400)
        let page = try #require(
            VisitorPage(url: "https://shop.example/oslo?id=1#reviews", title: long, origin: "https://shop.example"))
        #expect(page.url == "https://shop.example/oslo?id=1" && page.title?.count == 300)
        #expect(VisitorPage(url: "https://any.example/", title: "", origin: nil)?.title == nil)
    }

    @Test(
        arguments: [
            ("https://a.example/?utm_source=instagram&utm_campaign=may%20sale&x=1", "instagram / may sale"),
            ("https://a.example/?utm_campaign=&utm_term=+", nil), ("https://a.example/", nil),
        ] as [(String, String?)])
    func `the marks of an advertisement are read from the address`(row: (String, String?)) {
        #expect(CampaignMarks.of(row.0) == row.1)
    }
}
