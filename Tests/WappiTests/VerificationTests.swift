import PluginHost
import PluginTestSupport
import Testing

/// Wappi signs nothing: the secret in the address, or in the header of an address registered by hand, is all there is.
struct VerificationTests {
    private static func key(_ value: String) -> WebhookRequest { WebhookRequest(query: [NameValue("key", value)], body: []) }
    private static func header(_ value: String, name: String = "Authorization") -> WebhookRequest {
        WebhookRequest(headers: [NameValue(name, value)], body: [])
    }
    private static let good = webhookSecret

    static let forged: [WebhookRequest] =
        ForgedSecrets.pairs("key", good, others: ["KEY", "auth"]).map { WebhookRequest(query: $0, body: []) }
        + ForgedSecrets.values(of: good).filter { $0 != "Bearer \(good)" }.map { header($0) } + byHand

    private static let byHand: [WebhookRequest] = [
        WebhookRequest(path: good, body: []), WebhookRequest(body: Array(#"{"key":"\#(good)"}"#.utf8)),
        // A wrong key is not made good by the header.
        WebhookRequest(query: [NameValue("key", "x")], headers: [NameValue("Authorization", good)], body: []),
        WebhookRequest(
            query: [NameValue("key", good), NameValue("key", good)], headers: [NameValue("Authorization", good)], body: []),
        WebhookRequest(query: [NameValue("key", "")], headers: [NameValue("Authorization", good)], body: []),
        header(""), header("Bearer"), header("Bearer "), header("Bearer  \(good)"), header("bearer \(good)"),
        header("Basic \(good)"), header("Bearer Bearer \(good)"), header(good + "="), header(String(good.dropLast())),
        header(good, name: "X-Auth"), header(good, name: "Cookie"),
        WebhookRequest(headers: [NameValue("Authorization", good), NameValue("Authorization", good)], body: []),
    ]

    @Test(arguments: Loading.allCases)
    func `a forged delivery is rejected`(loading: Loading) async throws {
        let driver = try loading.wappi
        #expect(Self.forged.count >= 25)
        for request in Self.forged {
            #expect(try await driver.verify(request, in: context()) == .rejected(WebhookAnswer(status: 403)), "\(request)")
        }
    }

    static let genuine: [WebhookRequest] = [
        key(good), header(good), header("Bearer \(good)"), header(good, name: "AUTHORIZATION"),
        WebhookRequest(
            query: [NameValue("a", "b"), NameValue("key", good)], headers: [NameValue("Authorization", "x")], body: []),
    ]

    @Test(arguments: Loading.allCases, genuine)
    func `the secret is accepted in the address and in the header`(loading: Loading, request: WebhookRequest) async throws {
        #expect(try await loading.wappi.verify(request, in: context()) == .accepted)
    }

    @Test(arguments: Loading.allCases, [[:], ["webhook_secret": ""]])
    func `a channel without a secret accepts nothing`(loading: Loading, settings: [String: String]) async throws {
        let open = ChannelContext(now: now, settings: settings)
        for request in [Self.key(""), Self.header(""), Self.header("Bearer "), WebhookRequest(body: []), Self.key(Self.good)] {
            #expect(try await loading.wappi.verify(request, in: open) != .accepted)
        }
    }

    @Test(arguments: Loading.allCases, ["GET", "PUT", "HEAD", "post"])
    func `only a POST is a delivery`(loading: Loading, method: String) async throws {
        let request = WebhookRequest(method: method, query: [NameValue("key", webhookSecret)], body: [])
        #expect(try await loading.wappi.verify(request, in: context()) == .rejected(WebhookAnswer(status: 405)))
    }
}
