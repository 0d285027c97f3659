import ChannelKit

/// One webhook: the challenge of a subscription, or a batch of entries, each with its events.
enum WebhookBody {
    static func parsed(_ request: WebhookRequest, _ transport: Transport, _ context: ChannelContext) throws -> ParsedWebhook {
        if !request.path.isEmpty {
            guard let signed = SignedRequest(request, context) else { throw BadBody("no signed request") }
            return signed.parsed
        }
        if request.method == "GET" {
            guard let challenge = WebhookCheck(request, context).challenge else { throw BadBody("no challenge") }
            return ParsedWebhook(answer: WebhookAnswer(body: challenge))
        }
        // Up to 1,000 updates come at once.
        let body = try JSON.parse(request.body, limits: JSONLimits(nodes: 100_000))
        guard let object = body["object"]?.string, let entries = body["entry"]?.array else {
            throw BadBody("no object with entries")
        }
        // One app may serve Pages, Instagram and more with the same address.
        guard object == transport.webhookObject else { return ParsedWebhook() }
        var events: [InboundEvent] = []
        for case .object(let entry) in entries {
            // `standby` is for apps that do not own the thread, `changes` for comments and for the dashboard's test button.
            for case .object(let item) in entry["messaging"]?.array ?? [] {
                events += MessagingItem(item, entry: entry, transport, context)?.events ?? []
            }
        }
        return ParsedWebhook(events)
    }
}
