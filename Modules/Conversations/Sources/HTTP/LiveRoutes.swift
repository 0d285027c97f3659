import Foundation
import HTTPTypes
import Kernel
import Persistence
import WebSupport

/// The account's live events for open browsers.
struct LiveRoutes: Sendable {
    let live: LiveEvents
    let log: EventLog
    let time: any TimeSource

    struct Polled: Codable {
        struct Item: Codable { let id: String, name: String, data: [String: String] }
        let items: [Item]
        let last: String?
        let resync: Bool
    }

    var routes: [Route] {
        [
            Route(
                .get, "/api/v1/events", "Server-sent events of the account; Last-Event-ID resumes", access: .member,
                handler: stream),
            Route(
                .get, "/api/v1/events/poll", "The same for proxies that break streams", access: .member,
                response: .of(Polled.self),
                handler: poll),
        ]
    }

    /// Which permission it takes to hear of each kind of thing.
    private static func mayHear(_ name: String, _ principal: Principal) -> Bool {
        let permission: Permission =
            switch name.prefix(while: { $0 != "." }) {
            case "channel": .readChannels
            case "knowledge": .readKnowledge
            default: .readConversations
            }
        return principal.permissions.contains(permission)
    }

    private func stream(_ call: Call) async throws -> Reply {
        let principal = try call.principal
        // Subscribed before the log is read: what happens in between comes twice rather than never.
        let items = live.subscribe(to: principal.account)
        let resumed = call.headers[.init("Last-Event-ID") ?? .range] ?? call.query("last_event_id")
        var missed: [LiveNotice]? = []
        if let resumed, !resumed.isEmpty {
            missed = try await EventID(resumed).asyncFlatMap { try await log.notices(of: principal.account, after: $0) } ?? nil
        }
        let newest = try await log.newest(of: principal.account)
        let (frames, continuation) = AsyncStream.makeStream(of: EventStream.Frame.self, bufferingPolicy: .bufferingOldest(1_024))
        continuation.yield(.init(id: newest?.description, event: "hello", data: #"{"id":"\#(newest?.description ?? "")"}"#))
        if let missed {
            for notice in missed where Self.mayHear(notice.name, principal) { continuation.yield(Self.frame(notice)) }
        } else {
            continuation.yield(.init(event: "resync", data: "{}"))
        }
        let (time, allowed) = (time, call.isStillAllowed)
        let pump = Task {
            var checked = time.uptime()
            for await item in items {
                guard case .notice(let notice) = item else { break }
                // Access taken away ends the stream within a second, before anything more is told.
                if time.uptime() - checked > .milliseconds(900) {
                    guard await allowed() else { break }
                    checked = time.uptime()
                }
                if Self.mayHear(notice.name, principal), case .dropped = continuation.yield(Self.frame(notice)) { break }
            }
            continuation.finish()
        }
        continuation.onTermination = { _ in pump.cancel() }
        return EventStream.reply(frames)
    }

    /// A notice of the log holds identifiers only.
    private static func identifiers(_ notice: LiveNotice) -> [String: String] {
        (try? JSONDecoder().decode([String: String].self, from: Data(notice.data.utf8))) ?? [:]
    }

    private static func frame(_ notice: LiveNotice) -> EventStream.Frame {
        EventStream.Frame(id: notice.id?.description, event: notice.name, data: notice.data)
    }

    private func poll(_ call: Call) async throws -> Reply {
        let principal = try call.principal
        let newest = try await log.newest(of: principal.account)
        guard let after = call.query("after"), !after.isEmpty else {
            return try .json(Polled(items: [], last: newest?.description, resync: false))
        }
        guard let id = EventID(after), let notices = try await log.notices(of: principal.account, after: id) else {
            return try .json(Polled(items: [], last: newest?.description, resync: true))
        }
        let heard = notices.filter { Self.mayHear($0.name, principal) }
        return try .json(
            Polled(
                items: heard.map { .init(id: $0.id?.description ?? "", name: $0.name, data: Self.identifiers($0)) },
                last: max(id, notices.last?.id ?? id).description, resync: false))
    }
}

extension Optional {
    func asyncFlatMap<Value>(_ transform: (Wrapped) async throws -> Value?) async rethrows -> Value? {
        guard let self else { return nil }
        return try await transform(self)
    }
}
