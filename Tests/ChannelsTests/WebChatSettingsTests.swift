import ChannelsInterface
import Foundation
import Kernel
import Testing

@testable import Channels

struct WebChatSettingsTests {
    private static func refusedField(_ change: (inout WebChatSettings) -> Void) -> String? {
        var settings = WebChatSettings()
        change(&settings)
        do {
            _ = try settings.checked()
            return nil
        } catch Problem.invalid(let field, _) { return field } catch { return "\(error)" }
    }

    private static let fresh = ChannelSettings(route: "wk_1", plain: [:], secrets: [:], webChat: WebChatSettings())

    @Test func `who decides nothing has what is acceptable`() throws {
        #expect(try WebChatSettings().checked() == WebChatSettings())
        #expect(try JSONDecoder().decode(WebChatSettings.self, from: Data("{}".utf8)) == WebChatSettings())
    }

    @Test func `what is stored reads back the same`() throws {
        var settings = WebChatSettings()
        settings.title = SpokenText(en: "Shop", kk: "Дүкен")
        settings.hours.periods = [WorkingHours.Period(day: 1, from: "09:00", to: "18:00")]
        settings.consent.text.ru = "Согласен"
        settings.consent.version = 7
        settings.origins = ["https://shop.example"]
        #expect(try JSONDecoder().decode(WebChatSettings.self, from: JSONEncoder().encode(settings)) == settings)
    }

    @Test func `a change leaves alone what it does not name`() throws {
        var settings = WebChatSettings()
        settings.greeting.en = "Hello"
        var change = WebChatSettings.Change()
        change.color = "#aa0000"
        settings.apply(change)
        #expect(settings.greeting.en == "Hello" && settings.color == "#aa0000")
    }

    @Test func `blanks are cut off and empty texts are none`() throws {
        var settings = WebChatSettings()
        (settings.greeting.en, settings.greeting.ru, settings.color) = ("  Hello\n", " \n ", "#AA00BB")
        let kept = try settings.checked()
        #expect(kept.greeting == SpokenText(en: "Hello") && kept.color == "#aa00bb")
    }

    @Test func `what cannot be kept is refused by its name`() {
        typealias Settings = WebChatSettings
        let cases: [(String, (inout Settings) -> Void)] = [
            ("color", { $0.color = "red" }), ("color", { $0.color = "#12345" }), ("color", { $0.color = "#12345g" }),
            ("color", { $0.color = "#fefefe" }), ("title.ru", { $0.title.ru = String(repeating: "я", count: 101) }),
            ("title.en", { $0.title.en = "two\nlines" }), ("greeting.kk", { $0.greeting.kk = "a\u{0}b" }),
            ("launcher.label.en", { $0.launcher.label.en = String(repeating: "a", count: 31) }),
            ("title.en", { $0.title.en = "a" + String(repeating: "\u{301}", count: 5_000) }),
            ("initials", { $0.initials = "ABCD" }), ("languages", { $0.languages = [] }),
            ("languages", { $0.languages = [.english, .english, .russian] }),
            ("language", { $0.languages = [.english] }), ("consent.link", { $0.consent.link = "javascript:alert(1)" }),
            ("consent.link", { $0.consent.link = "https://" }), ("consent.link", { $0.consent.link = "https://a b.example/" }),
            ("avatar", { $0.avatar = "https://shop.example/me.png" }),
            ("avatar", { $0.avatar = "data:image/svg+xml;base64,AAAA" }),
            ("avatar", { $0.avatar = "data:image/png;base64,AAAA" }), ("avatar", { $0.avatar = "data:image/png;base64,%" }),
            ("origins.[0]", { $0.origins = ["shop.example"] }),
            ("origins.[1]", { $0.origins = ["https://a.example", "https://*"] }),
            ("origins", { $0.origins = Array(repeating: "https://a.example", count: 51) }),
            ("hours.time_zone", { $0.hours.timeZone = "Asia/Nowhere" }),
            ("hours.time_zone", { $0.hours.timeZone = "../../etc/passwd" }),
            ("hours.periods.[0].day", { $0.hours.periods = [.init(day: 8, from: "09:00", to: "10:00")] }),
            ("hours.periods.[0].from", { $0.hours.periods = [.init(day: 1, from: "9:00", to: "10:00")] }),
            ("hours.periods.[0].to", { $0.hours.periods = [.init(day: 1, from: "09:00", to: "24:01")] }),
            ("hours.periods.[0].to", { $0.hours.periods = [.init(day: 1, from: "18:00", to: "09:00")] }),
            (
                "hours.periods.[1].from",
                { $0.hours.periods = [.init(day: 1, from: "09:00", to: "12:00"), .init(day: 1, from: "11:59", to: "13:00")] }
            ),
        ]
        for (field, change) in cases { #expect(Self.refusedField(change) == "web_chat.\(field)") }
    }

    @Test func `a picture of the right kind is kept`() {
        let png = "data:image/png;base64," + Data([0x89, 0x50, 0x4E, 0x47, 0, 0]).base64EncodedString()
        #expect(Self.refusedField { $0.avatar = png } == nil)
        #expect(Self.refusedField { $0.avatar = png + String(repeating: "AAAA", count: 6_000) } == "web_chat.avatar")
    }

    @Test func `each wording of the consent has its number`() throws {
        var settings = Self.fresh
        func ask(_ text: String, _ link: String = "") throws -> Int? {
            var change = WebChatSettings.Change()
            var consent = WebChatSettings.Consent()
            (consent.text.ru, consent.link, consent.version) = (text, link, 99)
            change.consent = consent
            try settings.change(webChat: change, looks: [:])
            return settings.webChat?.consent.version
        }
        #expect(try ask("") == 0)
        #expect(try ask("Согласен") == 1)
        #expect(try ask("Согласен ") == 1)
        #expect(try ask("Согласен", "https://shop.example/policy") == 2)
        #expect(try ask("Я согласен", "https://shop.example/policy") == 3)
        try settings.change(webChat: WebChatSettings.Change(), looks: ["color": "#123456"])
        #expect(settings.webChat?.consent.version == 3)
    }

    @Test func `only a web chat has these settings`() throws {
        var provider = ChannelSettings(route: "hook", plain: ["color": "red"], secrets: [:])
        #expect(throws: Problem.invalid(field: "web_chat", "only a web chat has these settings")) {
            try provider.change(webChat: WebChatSettings.Change(), looks: [:])
        }
        #expect(provider.shown == ["color": "red"])
    }

    @Test func `plain looks are in the chat's language`() throws {
        var settings = Self.fresh
        try settings.change(webChat: nil, looks: ["language": "kk", "title": "Дүкен", "color": "#AA0000"])
        #expect(settings.webChat?.title == SpokenText(kk: "Дүкен") && settings.webChat?.language == .kazakh)
        #expect(settings.shown == ["language": "kk", "title": "Дүкен", "color": "#aa0000"])
        for (name, value) in ["language": "de", "color": "red"] {
            #expect(throws: Problem.self) { try settings.change(webChat: nil, looks: [name: value]) }
        }
    }

    @Test func `looks of the time before move over, and what is not acceptable is left behind`() {
        var old = ChannelSettings(
            route: "wk_1", plain: ["title": "Лавка", "language": "en", "color": "nonsense", "other": "x"], secrets: [:])
        old.adoptLooks()
        #expect(old.plain == ["other": "x"])
        #expect(old.webChat?.title == SpokenText(en: "Лавка"))
        #expect(old.webChat?.language == .english && old.webChat?.color == WebChatSettings().color)
    }

    @Test func `a text falls back to the chat's language and then to any`() {
        let text = SpokenText(ru: "Привет", kk: "")
        #expect(text.text(in: .kazakh, else: .english) == "Привет")
        #expect(SpokenText(en: "Hi", ru: "Привет").text(in: .kazakh, else: .russian) == "Привет")
        #expect(SpokenText().text(in: .kazakh, else: .russian) == nil && SpokenText(en: "").isEmpty)
    }

    @Test func `the chat speaks what it was told to`() {
        var settings = WebChatSettings()
        settings.languages = [.russian, .kazakh]
        #expect(settings.language(for: "kk-KZ") == .kazakh && settings.language(for: "KK") == .kazakh)
        #expect(settings.language(for: "en-GB") == .russian && settings.language(for: nil) == .russian)
        #expect(settings.language(for: "") == .russian && settings.language(for: "кк") == .russian)
    }

    @Test func `contrast is measured as WCAG measures it`() throws {
        let black = WebColor(red: 0, green: 0, blue: 0)
        #expect(abs(black.contrast(with: .white) - 21) < 0.001)
        let grey = try #require(WebColor("#767676"))
        #expect((4.5...4.6).contains(grey.contrast(with: .white)))
        for text in ["", "#", "#12345", "#1234567", "123456", "#ggg000", "#+12345", "#１２３４５６"] {
            #expect(WebColor(text) == nil)
        }
    }
}
