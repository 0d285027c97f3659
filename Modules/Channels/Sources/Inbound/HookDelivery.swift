import Kernel
import PluginHost

/// Whose a delivery is, among the channels of a hook.
///
/// A provider knows one address for an app, whatever Pages and accounts the app serves. A channel gets a delivery only when its own
/// secrets prove it, and of its events those of its own addresses: so nobody reads what belongs to another app or account, whichever
/// hook it came to.
struct HookDelivery {
    let request: WebhookRequest
    /// The channels whose secrets prove the request, those that the hook was made for first.
    let proven: [OpenChannel]
    /// The answer for somebody whom no channel believes.
    let refusal: WebhookAnswer?
    private let fault: (any Error)?
    private let now: Instant

    /// A channel's part of a delivery.
    struct Share {
        let channel: OpenChannel
        var events: [InboundEvent]
        var remember: [Remembered]
    }

    struct Shares {
        var parts: [Share] = []
        var answer = WebhookAnswer(status: 200)
        /// How many events are of addresses that nobody connected.
        var unclaimed = 0
    }

    /// What decides a verification: the plugin, and the secrets that it sees.
    private struct Proof: Hashable { let kind: String, keys: [String: String] }

    init(_ request: WebhookRequest, to channels: [OpenChannel], at now: Instant) async throws {
        var (verdicts, proven): ([Proof: Bool], [OpenChannel]) = ([:], [])
        var (refusal, fault): (WebhookAnswer?, (any Error)?) = (nil, nil)
        for channel in channels {
            let context = channel.context(at: now)
            let keys = channel.driver.description.settings.filter(\.isVerificationKey).map(\.name)
            let proof = Proof(kind: channel.row.kind, keys: context.settings.filter { keys.contains($0.key) })
            if verdicts[proof] == nil {
                do {
                    let verdict = try await plugin(channel) { try await $0.verify(request, in: context) }
                    if case .rejected(let answer) = verdict { refusal = refusal ?? answer }
                    verdicts[proof] = verdict == .accepted
                } catch {
                    // Of two plugins behind one hook, one may be down while the other works.
                    (fault, verdicts[proof]) = (fault ?? error, false)
                }
            }
            if verdicts[proof] == true { proven.append(channel) }
        }
        if proven.isEmpty, let fault { throw fault }
        (self.request, self.now) = (request, now)
        (self.proven, self.refusal, self.fault) = (proven, refusal, fault)
    }

    /// What each of the proven channels gets of it. Throws `PluginFault.badBody` for what no plugin can read.
    func shares() async throws -> Shares {
        var (shares, fault) = (Shares(), fault)
        var kinds: [String] = []
        for channel in proven where !kinds.contains(channel.row.kind) {
            kinds.append(channel.row.kind)
            do {
                let parsed = try await parse(channel)
                if kinds.count == 1 || !parsed.answer.body.isEmpty { shares.answer = parsed.answer }
                try await divide(parsed, readBy: channel, among: proven.filter { $0.row.kind == channel.row.kind }, into: &shares)
            } catch { fault = fault ?? error }
        }
        // A body has events of one kind: where another plugin read some, the one that failed had nothing to find.
        if shares.parts.isEmpty, shares.unclaimed == 0, let fault { throw fault }
        return shares
    }

    private func parse(_ channel: OpenChannel) async throws -> ParsedWebhook {
        try await plugin(channel) { try await $0.parse(request, in: channel.context(at: now)) }
    }

    private func divide(
        _ parsed: ParsedWebhook, readBy reader: OpenChannel, among channels: [OpenChannel], into shares: inout Shares
    ) async throws {
        guard reader.driver.description.sharedHook != nil else {
            shares.parts.append(Share(channel: reader, events: parsed.events, remember: parsed.remember))
            return
        }
        var parts: [Share] = []
        for channel in channels {
            func isIts(_ event: InboundEvent) -> Bool {
                guard let address = event.account else { return true }
                return Self.owner(of: address, among: channels)?.id == channel.id
            }
            guard parsed.events.contains(where: isIts) || channel.id == reader.id else { continue }
            // Another channel's events are read with that channel's own settings.
            let own = channel.id == reader.id ? parsed : try await parse(channel)
            parts.append(Share(channel: channel, events: own.events.filter(isIts), remember: own.remember))
        }
        shares.parts += parts.filter { !$0.events.isEmpty || !$0.remember.isEmpty }
        shares.unclaimed += parsed.events.count { event in
            event.account.map { Self.owner(of: $0, among: channels) == nil } ?? false
        }
    }

    /// Of two channels for one address the one that works, then the older. A channel that stands alone and does not know its address
    /// yet takes what comes.
    private static func owner(of address: String, among channels: [OpenChannel]) -> OpenChannel? {
        let own = channels.filter { $0.ownAddresses.contains(address) }
        if let owner = own.first(where: { $0.row.state != .paused }) ?? own.first { return owner }
        guard let only = channels.first, channels.count == 1, only.ownAddresses.isEmpty else { return nil }
        return only
    }
}
