import PluginHost
import PluginTestSupport
import Testing

/// A-34: forged, truncated, doubled and missing secrets.
struct VerificationTests {
    static let name = "X-Max-Bot-Api-Secret"
    private static func sent(_ value: String) -> [NameValue] { [NameValue(name, value)] }

    static let forged =
        ForgedSecrets.pairs(
            name, webhookSecret,
            others: ["X-Max-Bot-Api-Secret-Token", "Authorization", "X-Telegram-Bot-Api-Secret-Token"])
        + [sent(token)]

    @Test(arguments: Loading.allCases, forged)
    func `a forged delivery is rejected`(loading: Loading, headers: [NameValue]) async throws {
        let request = WebhookRequest(headers: headers, body: Array(#"{"update_type":"a","timestamp":1}"#.utf8))
        #expect(try await loading.max.verify(request, in: context()) == .rejected(WebhookAnswer(status: 403)))
    }

    @Test(arguments: Loading.allCases, ["X-Max-Bot-Api-Secret", "x-max-bot-api-secret", "X-MAX-BOT-API-SECRET"])
    func `the secret is accepted under every spelling of its header`(loading: Loading, name: String) async throws {
        let request = WebhookRequest(headers: [NameValue(name, webhookSecret)], body: [])
        #expect(try await loading.max.verify(request, in: context()) == .accepted)
    }

    @Test(arguments: Loading.allCases, [[:], ["webhook_secret": ""], ["token": token]])
    func `a channel without a secret accepts nothing`(loading: Loading, settings: [String: String]) async throws {
        let open = ChannelContext(now: now, settings: settings)
        for headers in [[], Self.sent(""), Self.sent(webhookSecret), Self.sent(token)] {
            let request = WebhookRequest(headers: headers, body: [])
            #expect(try await loading.max.verify(request, in: open) == .rejected(WebhookAnswer(status: 403)))
        }
    }

    @Test(arguments: Loading.allCases, ["GET", "PUT", "HEAD", "post"])
    func `only a POST is a delivery`(loading: Loading, method: String) async throws {
        let request = WebhookRequest(method: method, headers: Self.sent(webhookSecret), body: [])
        #expect(try await loading.max.verify(request, in: context()) == .rejected(WebhookAnswer(status: 405)))
    }
}
