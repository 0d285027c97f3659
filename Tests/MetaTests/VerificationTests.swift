import PluginHost
import PluginTestSupport
import Testing

struct VerificationTests {
    /// Escaped as Meta does before it signs; the code was made by Python's hmac.
    static let body =
        #"{"object":"page","entry":[{"id":"108812345678901","time":1781510400612,"messaging":[{"sender":{"id":"7012345678901234"},"#
        + #""recipient":{"id":"108812345678901"},"timestamp":1781510400233,"message":{"mid":"m_1","#
        + #""text":"\u0426\u0435\u043d\u0430?"}}]}]}"#
    static let code = "5b661d5fc8db630987d06937c5b9e56eb228cad1906d442bceed8b1da0e3d2ba"
    static let name = "X-Hub-Signature-256"
    private static func sent(_ value: String) -> [NameValue] { [NameValue(name, value)] }

    static let forged: [[NameValue]] = [
        [], sent(""), sent(" "), sent("sha256="), sent(code), sent("sha256=" + code.uppercased()), sent("SHA256=" + code),
        sent("sha1=" + code), sent("sha256=" + code.dropLast()), sent("sha256=" + code + "0"), sent("sha256= " + code),
        sent(" sha256=" + code), sent("sha256=" + code + " "), sent("sha256=" + code + "\n"), sent("sha256:" + code),
        sent("sha256=sha256=" + code), sent("\"sha256=\(code)\""), sent("sha256=\(code),sha256=\(code)"),
        sent("sha256=" + String(repeating: "0", count: 64)), sent("sha256=" + String(repeating: "f", count: 64)),
        sent("sha256=" + String(code.reversed())), sent("sha256=" + appSecret), sent(appSecret), sent("null"), sent("true"),
        sent("sha256=" + code) + sent("sha256=" + code), sent("x") + sent("sha256=" + code),
        [NameValue("X-Hub-Signature", "sha256=" + code)], [NameValue("Authorization", "sha256=" + code)],
        // The code of an empty body, of the body without its last byte, and the one that a plain hash would be.
        sent("sha256=" + Signature.hmac(of: "", key: appSecret)),
        sent("sha256=" + Signature.hmac(of: String(body.dropLast()), key: appSecret)),
        sent("sha256=" + Signature.digest(of: body)),
        sent("sha256=" + Signature.digest(of: appSecret + body)),
        sent("sha256=" + Signature.hmac(of: body, key: verifyToken)),
        sent("sha256=" + Signature.hmac(of: body, key: "")),
        sent("sha256=" + code.replacing("a", with: "а")), sent("sha256=" + String(repeating: code, count: 1_000)),
    ]

    @Test(arguments: Loading.allCases, forged)
    func `a forged delivery is rejected`(loading: Loading, headers: [NameValue]) async throws {
        let request = WebhookRequest(headers: headers, body: Array(Self.body.utf8))
        #expect(try await loading.facebook.verify(request, in: context()) == .rejected(WebhookAnswer(status: 403)))
        #expect(try await loading.instagram.verify(request, in: context(.instagramPage)) != .accepted)
    }

    @Test(arguments: Loading.allCases, ["X-Hub-Signature-256", "x-hub-signature-256"])
    func `a signature over the raw bytes is accepted`(loading: Loading, name: String) async throws {
        let request = WebhookRequest(headers: [NameValue(name, "sha256=" + Self.code)], body: Array(Self.body.utf8))
        #expect(try await loading.facebook.verify(request, in: context()) == .accepted)
        var touched = request
        touched.body[10] ^= 1
        #expect(try await loading.facebook.verify(touched, in: context()) != .accepted)
        // The same text spelt otherwise is another body.
        let respelt = WebhookRequest(
            headers: request.headers, body: Array(Self.body.replacing(#"\u0426\u0435\u043d\u0430"#, with: "Цена").utf8))
        #expect(try await loading.facebook.verify(respelt, in: context()) != .accepted)
    }

    @Test(arguments: Loading.allCases)
    func `Instagram's own app secret signs too, but only where it is set`(loading: Loading) async throws {
        let driver = try loading.instagram
        for secret in [appSecret, instagramAppSecret] {
            #expect(try await driver.verify(signed("{}", with: secret), in: context(.instagramLogin)) == .accepted)
        }
        #expect(try await driver.verify(signed("{}", with: instagramAppSecret), in: context(.instagramPage)) != .accepted)
        #expect(try await driver.verify(signed("{}", with: "other"), in: context(.instagramLogin)) != .accepted)
    }

    @Test(arguments: Loading.allCases, [[:], ["app_secret": "", "verify_token": ""]])
    func `a channel without secrets accepts nothing`(loading: Loading, settings: [String: String]) async throws {
        let open = ChannelContext(now: now, settings: settings)
        let challenge = Self.challenge([("hub.mode", "subscribe"), ("hub.verify_token", ""), ("hub.challenge", "1")])
        for request in [signed("{}", with: ""), signed("{}"), WebhookRequest(body: []), challenge] {
            #expect(try await loading.facebook.verify(request, in: open) != .accepted)
        }
    }

    private static func challenge(_ items: [(String, String)], method: String = "GET") -> WebhookRequest {
        WebhookRequest(method: method, query: items.map { NameValue($0.0, $0.1) }, body: [])
    }

    @Test(arguments: Loading.allCases)
    func `the challenge comes back as it is`(loading: Loading) async throws {
        let request = Self.challenge([
            ("hub.mode", "subscribe"), ("hub.challenge", "1158201444"), ("hub.verify_token", verifyToken),
        ])
        for driver in [try loading.facebook, try loading.instagram] {
            #expect(try await driver.verify(request, in: context()) == .accepted)
            let parsed = try await driver.parse(request, in: context())
            #expect(parsed.answer == WebhookAnswer(status: 200, body: "1158201444"))
            #expect(parsed.events.isEmpty)
        }
    }

    static let questions: [[(String, String)]] = [
        [], [("hub.challenge", "1")], [("hub.mode", "subscribe"), ("hub.verify_token", verifyToken)],
        [("hub.mode", "subscribe"), ("hub.challenge", "1")],
        [("hub.mode", "unsubscribe"), ("hub.challenge", "1"), ("hub.verify_token", verifyToken)],
        [("hub.challenge", "1"), ("hub.verify_token", verifyToken)],
        [("hub.mode", "subscribe"), ("hub.challenge", "1"), ("hub.verify_token", verifyToken + "0")],
        [("hub.mode", "subscribe"), ("hub.challenge", "1"), ("hub.verify_token", verifyToken.lowercased())],
        [("hub.mode", "subscribe"), ("hub.challenge", "1"), ("hub.verify_token", "")],
        [("hub.mode", "subscribe"), ("hub.challenge", "1"), ("hub.verify_token", appSecret)],
        [("hub.mode", "subscribe"), ("hub.challenge", ""), ("hub.verify_token", verifyToken)],
        [("hub.mode", "subscribe"), ("hub.challenge", "<script>"), ("hub.verify_token", verifyToken)],
        [("hub.mode", "subscribe"), ("hub.challenge", "1\n2"), ("hub.verify_token", verifyToken)],
        [("hub.mode", "subscribe"), ("hub.challenge", String(repeating: "1", count: 257)), ("hub.verify_token", verifyToken)],
        [
            ("hub.mode", "subscribe"), ("hub.challenge", "1"), ("hub.verify_token", verifyToken),
            ("hub.verify_token", verifyToken),
        ],
        [("hub.mode", "subscribe"), ("hub.challenge", "1"), ("hub.challenge", "2"), ("hub.verify_token", verifyToken)],
        [("hub_mode", "subscribe"), ("hub_challenge", "1"), ("hub_verify_token", verifyToken)],
    ]

    @Test(arguments: Loading.allCases, questions.indices)
    func `a question that is not Meta's gets no challenge`(loading: Loading, index: Int) async throws {
        let request = Self.challenge(Self.questions[index])
        #expect(try await loading.facebook.verify(request, in: context()) == .rejected(WebhookAnswer(status: 403)))
        await #expect(throws: PluginFault.self) { _ = try await loading.facebook.parse(request, in: context()) }
    }

    @Test(arguments: Loading.allCases, ["PUT", "DELETE", "HEAD", "get", "post", ""])
    func `other methods are refused`(loading: Loading, method: String) async throws {
        var request = signed("{}")
        request.method = method
        #expect(try await loading.facebook.verify(request, in: context()) == .rejected(WebhookAnswer(status: 405)))
    }
}
