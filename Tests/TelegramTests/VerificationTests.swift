import PluginHost
import PluginTestSupport
import Testing

/// A-34: forged, truncated, doubled and missing secrets.
struct VerificationTests {
    static let name = "X-Telegram-Bot-Api-Secret-Token"
    private static func sent(_ value: String) -> [NameValue] { [NameValue(name, value)] }

    static let forged = ForgedSecrets.pairs(name, webhookSecret, others: ["X-Telegram-Bot-Api-Secret", "Authorization"])

    @Test(arguments: Loading.allCases, forged)
    func `a forged delivery is rejected`(loading: Loading, headers: [NameValue]) async throws {
        let request = WebhookRequest(headers: headers, body: Array(#"{"update_id":1}"#.utf8))
        #expect(
            try await loading.telegram.verify(request, in: context()) == .rejected(WebhookAnswer(status: 403)))
    }

    @Test(arguments: Loading.allCases, ["X-Telegram-Bot-Api-Secret-Token", "x-telegram-bot-api-secret-token"])
    func `the secret is accepted under either spelling of its header`(loading: Loading, name: String) async throws {
        let request = WebhookRequest(headers: [NameValue(name, webhookSecret)], body: [])
        #expect(try await loading.telegram.verify(request, in: context()) == .accepted)
    }

    @Test(arguments: Loading.allCases, [[:], ["webhook_secret": ""]])
    func `a channel without a secret accepts nothing`(loading: Loading, settings: [String: String]) async throws {
        let open = ChannelContext(now: now, settings: settings)
        for headers in [[], Self.sent(""), Self.sent(webhookSecret)] {
            let request = WebhookRequest(headers: headers, body: [])
            #expect(try await loading.telegram.verify(request, in: open) != .accepted)
        }
    }

    @Test(arguments: Loading.allCases)
    func `only a POST is a delivery`(loading: Loading) async throws {
        let request = WebhookRequest(method: "GET", headers: Self.sent(webhookSecret), body: [])
        #expect(try await loading.telegram.verify(request, in: context()) == .rejected(WebhookAnswer(status: 405)))
    }
}
