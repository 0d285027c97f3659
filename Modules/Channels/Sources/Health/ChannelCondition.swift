import Foundation
import Kernel
import PluginHost

/// How a channel was when its provider was last asked, and what the provider said since: kept on the channel's row for its card.
package struct ChannelCondition: Codable, Sendable {
    enum State: String, Codable, Sendable { case healthy, attention, broken, unknown }

    package struct Text: Codable, Hashable, Sendable {
        let en: String, ru: String, kk: String

        init(_ text: LocalizedText) { (en, ru, kk) = (text.english, text.russian, text.kazakh) }
    }

    struct Account: Codable, Hashable, Sendable { let name: String, username: String?, url: String? }

    struct Notice: Codable, Hashable, Sendable { let kind: String, code: String, reason: Text, at: Instant }

    package struct Sighting: Codable, Hashable, Sendable { let host: String, at: Instant }

    var state = State.unknown
    var reason: Text?
    /// The plugin's own name of the reason.
    var code: String?
    /// The provider's own words.
    var detail: String?
    var account: Account?
    /// Events waiting at the provider.
    var pending: Int64?
    var checkedAt: Instant?
    /// When the subscription was last repaired without being asked.
    var repairedAt: Instant?
    /// Where and when a web chat was last asked for by a page of another site.
    var seen: Sighting?
    /// The latest first.
    var notices: [Notice] = []

    private static let mostNotices = 5

    init() {}

    /// Nil and what an older version wrote differently read as nothing known.
    init(stored text: String?) {
        self = text.flatMap { try? JSONDecoder().decode(Self.self, from: Data($0.utf8)) } ?? Self()
    }

    func stored() throws -> String { String(decoding: try JSONEncoder().encode(self), as: UTF8.self) }

    /// Takes in the answer to a `health` operation; true when people should hear of it.
    mutating func note(_ health: ChannelHealth, at now: Instant) -> Bool {
        let before = (state, reason)
        state =
            switch health.state {
            case .healthy: .healthy
            case .degraded: .attention
            case .broken: .broken
            }
        (reason, code) = (health.reason.map { Text($0.text) }, health.reason?.code)
        (detail, pending, checkedAt) = (health.detail.map { String($0.prefix(500)) }, health.pending, now)
        account = health.account.map { Account(name: $0.name, username: $0.username, url: $0.url) } ?? account
        return before != (state, reason)
    }

    mutating func note(_ failure: OperationFailure, at now: Instant) -> Bool {
        let before = (state, reason)
        switch failure.kind {
        // A provider that does not answer for a moment is no verdict on the channel.
        case .retry, .uncertain: state = state == .broken ? .broken : .attention
        case .permanent, .blocked, .reconnectNeeded: state = .broken
        }
        (reason, code, detail, checkedAt) = (Text(failure.reason.text), failure.reason.code, nil, now)
        return before != (state, reason)
    }

    mutating func note(_ notice: ChannelNotice, at: Instant) {
        if notice.kind == .recovered { notices.removeAll { $0.code == notice.reason.code } }
        notices.insert(
            Notice(kind: notice.kind.rawValue, code: notice.reason.code, reason: Text(notice.reason.text), at: at), at: 0)
        notices = Array(notices.prefix(Self.mostNotices))
    }
}
