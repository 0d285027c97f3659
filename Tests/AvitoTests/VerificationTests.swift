import PluginHost
import PluginTestSupport
import Testing

/// Avito signs nothing that is documented: the key in the registered address decides.
struct VerificationTests {
    private static func sent(_ value: String) -> [NameValue] { [NameValue("key", value)] }

    static let forged = ForgedSecrets.pairs("key", webhookKey, others: ["Key", "key[]", "secret"])

    @Test(arguments: Loading.allCases, forged)
    func `a forged delivery is rejected`(loading: Loading, query: [NameValue]) async throws {
        let request = WebhookRequest(query: query, body: Array(delivery(hello).utf8))
        #expect(
            try await loading.avito.verify(request, in: Known.connected.context) == .rejected(WebhookAnswer(status: 403)))
    }

    @Test(arguments: Loading.allCases)
    func `no header takes the place of the key`(loading: Loading) async throws {
        for name in ["x-avito-messenger-signature", "Authorization", "key"] {
            let request = WebhookRequest(headers: [NameValue(name, webhookKey)], body: Array(delivery(hello).utf8))
            #expect(try await loading.avito.verify(request, in: Known.connected.context) != .accepted)
        }
    }

    @Test(arguments: Loading.allCases)
    func `the key is accepted beside other items`(loading: Loading) async throws {
        let query = [NameValue("source", "avito")] + Self.sent(webhookKey)
        #expect(
            try await loading.avito.verify(WebhookRequest(query: query, body: []), in: Known.connected.context) == .accepted)
    }

    @Test(arguments: Loading.allCases, [[:], ["webhook_secret": ""]])
    func `a channel without a key accepts nothing`(loading: Loading, settings: [String: String]) async throws {
        let open = ChannelContext(now: now, settings: settings)
        for query in [[], Self.sent(""), Self.sent(webhookKey)] {
            #expect(try await loading.avito.verify(WebhookRequest(query: query, body: []), in: open) != .accepted)
        }
    }

    @Test(arguments: Loading.allCases)
    func `only a POST is a delivery`(loading: Loading) async throws {
        let request = WebhookRequest(method: "GET", query: Self.sent(webhookKey), body: [])
        #expect(
            try await loading.avito.verify(request, in: Known.connected.context) == .rejected(WebhookAnswer(status: 405)))
    }
}
