import ChannelKit
import Testing

/// Foreign text in addresses: RFC 3986.
struct AddressTests {
    @Test func `everything but unreserved characters is encoded`() {
        let unreserved = "ABCXYZabcxyz0189-._~"
        #expect(PercentEncoding.encoded(unreserved) == unreserved)
        #expect(
            PercentEncoding.encoded(":/?#[]@!$&'()*+,;=% \u{0}\u{7F}")
                == "%3A%2F%3F%23%5B%5D%40%21%24%26%27%28%29%2A%2B%2C%3B%3D%25%20%00%7F")
        #expect(PercentEncoding.encoded("қ👍") == "%D2%9B%F0%9F%91%8D")
        #expect(PercentEncoding.encoded("a,b/c", keeping: ",") == "a,b%2Fc")
    }

    @Test(arguments: ["", "a", "қ👍", "100 %", "%", "a/b?c#d", "\u{0}\n"])
    func `what is encoded decodes to itself`(text: String) {
        #expect(PercentEncoding.decoded(PercentEncoding.encoded(text)) == text)
    }

    @Test(arguments: ["%", "%4", "%4g", "%zz", "%FF", "%C3%28", "a%"])
    func `what is not encoded text does not decode`(text: String) { #expect(PercentEncoding.decoded(text) == nil) }

    @Test func `no segment climbs out of its path`() {
        #expect(PercentEncoding.segment("a/../b") == "a%2F..%2Fb")
        for text in ["", ".", ".."] { #expect(PercentEncoding.segment(text) == nil) }
        #expect(PercentEncoding.path("photos/file 1.jpg") == "photos/file%201.jpg")
        for text in ["", "/etc/passwd", "a//b", "a/../b", "./a", "a/", ".."] {
            #expect(PercentEncoding.path(text) == nil, "\(text)")
        }
    }

    @Test(arguments: [
        ("https://a.kz", "https://a.kz", "a.kz"), ("https://A.KZ:8443/X?y=1#z", "https://A.KZ:8443/X?y=1#z", "a.kz"),
        ("https://a.kz/ы b\\\u{7F}", "https://a.kz/%D1%8B%20b%5C%7F", "a.kz"), ("https://a.kz/%D1", "https://a.kz/%D1", "a.kz"),
        ("https://a.kz?q=@", "https://a.kz?q=@", "a.kz"), ("https://a.kz/{|}", "https://a.kz/{|}", "a.kz"),
    ])
    func `an address is requested as it was given, as far as it can be`(given: String, text: String, host: String) {
        #expect(WebAddress(given)?.text == text)
        #expect(WebAddress(given)?.host == host)
        #expect(WebAddress.verbatim(given) == (given == text ? given : nil))
    }

    @Test(arguments: [
        "", "https://", "https:///a", "http://a.kz", "HTTPS://a.kz", "file:///etc/passwd", "//a.kz", "a.kz", "https://:80",
        "https://u@a.kz", "https://a.kz:p@b.kz", "https://a.kz\\b", "https://қ.kz", "https://a b.kz", "https://[::1]/",
        " https://a.kz",
        "https://a.kz/" + String(repeating: "a", count: 8_200), "https://a.kz/" + String(repeating: "ы", count: 2_000),
    ])
    func `what leads nowhere, or nobody knows where, is no address`(given: String) { #expect(WebAddress(given) == nil) }

    @Test func `a domain holds the hosts below it alone`() {
        for address in ["https://max.ru/a", "https://fu.max.ru"] {
            #expect(WebAddress(address)?.isBelow(["b.c", "max.ru"]) == true)
        }
        for address in ["https://xmax.ru", "https://max.ru.evil.kz", "https://ru"] {
            #expect(WebAddress(address)?.isBelow(["max.ru"]) == false)
        }
    }
}
