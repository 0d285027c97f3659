import ChannelKit
import Testing

struct SendingTests {
    static let rows = [
        [Button("Да", .callback("y")), Button("Каталог", .link("https://shop.example/c"))], [],
        [Button("Ваш номер", .requestContact), Button("Нет", .callback("n")), Button("Место", .requestLocation)],
    ]

    @Test func `what can be answered is numbered`() {
        let choices = NumberedChoices(Self.rows)
        let lines = "1. Да\nКаталог: https://shop.example/c\nВаш номер\n2. Нет\nМесто"
        #expect(choices.added(to: "Оформить?") == "Оформить?\n\n" + lines)
        #expect(choices.added(to: "") == lines)
        #expect(NumberedChoices([[]]).added(to: "Оформить?") == "Оформить?")
    }

    @Test(arguments: [("a", "a"), (" \n a b\t", "a b"), ("", ""), (" \u{A0}\n", ""), ("\u{301}", "\u{301}")])
    func `texts are compared without their margins`(text: String, expected: String) { #expect(text.withoutMargins == expected) }

    @Test func `a secret is the last member of its object`() {
        var object = JSON.Object()
        #expect(Self.shown(RequestTemplate(object, member: "key", secret: "s")) == #"{"key":"<s json>"}"#)
        object.add("a", "ы\"")
        #expect(Self.shown(RequestTemplate(object, member: "k\"", secret: "s")) == #"{"a":"ы\"","k\"":"<s json>"}"#)
    }

    private static func shown(_ template: RequestTemplate) -> String {
        template.parts.map { part in
            switch part {
            case .text(let text): text
            case .secret(let name, let encoding): "<\(name) \(encoding.rawValue)>"
            }
        }.joined()
    }

    @Test func `a file is fetched without credentials`() {
        let request = HTTPRequest(fetching: "https://a.kz/b")
        #expect(request.method == "GET" && request.headers.isEmpty && request.timeout == 120_000)
        #expect(Self.shown(request.url) == "https://a.kz/b")
    }

    @Test(arguments: [(nil, "https://api.kz"), ("", "https://api.kz"), ("https://own.kz///", "https://own.kz"), ("/", "")])
    func `a base has no slash at its end`(setting: String?, expected: String) {
        var settings = JSON.Object()
        settings.add("api_base", setting)
        #expect(ChannelContext(now: 0, settings: settings).baseURL("api_base", default: "https://api.kz") == expected)
    }

    @Test(
        arguments: [
            ("7", 7_000), ("0", 0), ("-5", 0), ("99999999", 86_400_000), ("9223372036854775807", 86_400_000),
            ("Wed, 21 Oct 2026 07:28:00 GMT", nil), ("", nil), ("1.5", nil),
        ] as [(String, Int64?)])
    func `a wait is at most a day`(header: String, milliseconds: Int64?) {
        #expect(HTTPResponse(status: 429, headers: [NameValue("retry-after", header)], body: []).retryAfter == milliseconds)
    }

    @Test(arguments: [100, 200, 302, 400, 401, 404, 499, 600, .min, .max])
    func `a status without a common meaning is the provider's table's`(status: Int) {
        #expect(ProviderReasons("X").failure(status: status, retryAfter: 5) == nil)
    }

    @Test(arguments: [
        (429, "rate-limited"), (408, "unavailable"), (500, "unavailable"), (503, "unavailable"), (599, "unavailable"),
    ])
    func `a status with one is tried again, when the provider says`(status: Int, code: String) throws {
        let failure = try #require(ProviderReasons("X").failure(status: status, retryAfter: 5))
        #expect(failure.reason.code == code)
        guard case .retry(after: 5, scope: .channel) = failure.kind else {
            Issue.record("\(failure)")
            return
        }
        guard case .result(.failed(let result), _) = failure.step else {
            Issue.record("\(failure.step)")
            return
        }
        #expect(result.reason.code == code && result.sent.isEmpty && result.resume == nil)
    }

    @Test func `reasons speak of the provider in three languages`() {
        let (meta, avito) = (
            ProviderReasons("Meta", isFeminine: true), ProviderReasons(LocalizedText(en: "Avito", ru: "Авито", kk: "Авито"))
        )
        #expect(meta.unavailable.text.russian == "Meta сейчас недоступна или не работает.")
        #expect(avito.unavailable.text.russian == "Авито сейчас недоступен или не работает.")
        #expect(avito.refused.text.english == "Avito refused the request.")
        #expect(
            meta.unexpected(insteadOf: LocalizedText("Graph API")).text.kazakh == "Meta мекенжайынан Graph API емес жауап келді.")
        let all = [
            meta.tooMany, meta.unavailable, meta.refused, meta.contentRefused, meta.tooLong, meta.messageGone,
            meta.outcomeUnknown,
            meta.unexpected(insteadOf: LocalizedText("Graph API")),
        ]
        #expect(Set(all.map(\.code)).count == all.count)
    }

    @Test func `setting fields are filled in`() {
        let secret = SettingField.webhookSecret("s", from: LocalizedText(en: "MAX", ru: "MAX", kk: "MAX-тан"))
        #expect(secret.isGenerated && secret.isRequired && secret.help.kazakh.hasPrefix("Сұраудың MAX-тан келгенін"))
        let address = SettingField.apiAddress("a", of: "Bot API", help: LocalizedText("x"), default: "https://api.kz")
        #expect(!address.isRequired && address.defaultValue == "https://api.kz" && address.title.russian == "Адрес Bot API")
    }
}
