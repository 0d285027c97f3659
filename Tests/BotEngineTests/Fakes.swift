import BillingInterface
import ConversationsInterface
import Egress
import Foundation
import Kernel
import KnowledgeBaseInterface
import Persistence
import Synchronization

/// Time that passes only while somebody sleeps.
final class EagerTime: TimeSource {
    static let start = Instant(microseconds: 1_790_000_000_000_000)
    private let passed = Mutex(Duration.zero)

    var elapsed: Duration { passed.withLock { $0 } }
    func now() -> Instant { Self.start.advanced(by: elapsed) }
    func uptime() -> Duration { .seconds(1_000) + elapsed }
    func sleep(for duration: Duration) async throws { advance(by: duration) }
    func advance(by duration: Duration) { passed.withLock { $0 += duration } }
}

/// One conversation, kept in memory; what a transaction does shows after its commit.
final class FakeConversations: BotConversations {
    struct State: Sendable {
        var owner = TurnOwner.bot
        var fence: Int64 = 1
        var closed = false
        var language: Language?
        var topic: ConversationTopic?
        var lines: [TranscriptLine] = []
        var replies: [BotReply] = []
        var handOffs: [HandOffReason] = []
        var farewells: [BotReply] = []
        var typing: [Bool] = []
        var reads = 0
    }

    let id = ConversationID()
    let channel = ChannelID()
    let contact = ContactID()
    private let current = Mutex(State())
    /// Runs before a reply is sealed: a person may be faster.
    let beforePrepare = Mutex<(@Sendable () -> Void)?>(nil)

    var state: State { current.withLock { $0 } }
    func change(_ body: (inout State) -> Void) { current.withLock { body(&$0) } }

    @discardableResult
    func say(_ text: String, by author: MessageAuthor = .customer, at: Instant, id: MessageID = MessageID()) -> MessageID {
        change { $0.lines.append(TranscriptLine(id: id, author: author, text: text, at: at)) }
        return id
    }

    func state(of conversation: ConversationID, account: AccountID) async throws -> ConversationState? {
        guard conversation == id else { return nil }
        let state = current.withLock { state in
            state.reads += 1
            return state
        }
        let last = state.lines.last { $0.author == .customer }
        return ConversationState(
            id: id, channel: channel, contact: contact, owner: state.owner, fence: state.fence, closed: state.closed,
            language: state.language, botReplies: state.replies.count, lastInbound: last?.id, lastInboundAt: last?.at,
            topic: state.topic)
    }

    func transcript(of conversation: ConversationID, limit: Int, account: AccountID) async throws -> [TranscriptLine] {
        Array(state.lines.suffix(limit))
    }

    func prepare(_ reply: BotReply, account: AccountID) async throws -> PreparedReply {
        if let action = beforePrepare.withLock({ $0 }) { action() }
        return PreparedReply(reply: reply, sealedText: [], sealedCitations: [])
    }

    func post(_ reply: PreparedReply, in transaction: any Transaction) throws {
        let state = state
        guard state.fence == reply.reply.fence, state.owner == .bot else { throw Problem.staleTurn }
        transaction.afterCommit { [self] in
            change { state in
                guard !state.replies.contains(where: { $0.id == reply.reply.id }) else { return }
                state.replies.append(reply.reply)
                state.lines.append(
                    TranscriptLine(id: reply.reply.id, author: .bot, text: reply.reply.text, at: reply.reply.at))
            }
        }
    }

    func handOff(_ reason: HandOffReason, farewell: PreparedReply, in transaction: any Transaction) throws {
        let (state, farewell) = (state, farewell.reply)
        guard state.fence == farewell.fence, state.owner == .bot else { throw Problem.staleTurn }
        transaction.afterCommit { [self] in
            change { state in
                state.handOffs.append(reason)
                state.farewells.append(farewell)
                state.lines.append(TranscriptLine(id: farewell.id, author: .bot, text: farewell.text, at: farewell.at))
                state.owner = .human
                state.fence += 1
            }
        }
    }

    func typing(_ on: Bool, in conversation: ConversationID, account: AccountID) async { change { $0.typing.append(on) } }
}

/// Finds the entries that share a word's beginning with the question.
final class FakeKnowledge: KnowledgeSearch {
    let hits = Mutex<[KnowledgeHit]>([])
    let questions = Mutex<[String]>([])

    func search(_ question: String, top: Int, account: AccountID) async throws -> [KnowledgeHit] {
        questions.withLock { $0.append(question) }
        return Array(hits.withLock { $0 }.prefix(top))
    }

    func add(_ passage: String, quote: String, title: String = "Прайс-лист") {
        let start = passage.range(of: quote).map { passage[..<$0.lowerBound].utf16.count } ?? 0
        let citation = Citation(
            entryID: EntryID(), version: 1, title: title, quote: quote, start: start, end: start + quote.utf16.count)
        hits.withLock { $0.append(KnowledgeHit(citation: citation, passage: passage, source: nil, score: 10)) }
    }
}

final class FakeUsage: UsageLedger {
    struct Line: Hashable, Sendable {
        let meter: UsageMeter
        let quantity: Int64
        let cost: Money?
        let source: String
    }

    private let recorded = Mutex<[Line]>([])
    let isAllowed = Mutex(true)
    var lines: [Line] { recorded.withLock { $0 } }
    func total(_ meter: UsageMeter) -> Int64 { lines.filter { $0.meter == meter }.reduce(0) { $0 + $1.quantity } }

    func record(
        _ meter: UsageMeter, quantity: Int64, cost: Money?, source: String, at: Instant, in transaction: any Transaction
    ) throws {
        transaction.afterCommit { [self] in
            recorded.withLock { $0.append(Line(meter: meter, quantity: quantity, cost: cost, source: source)) }
        }
    }

    func allows(_ meter: UsageMeter, quantity: Int64, account: AccountID) async throws -> Bool { isAllowed.withLock { $0 } }
    func summary(of account: AccountID, since start: Instant) async throws -> UsageSummary {
        UsageSummary(totals: [:], costs: [])
    }
}

/// A provider that does what its script says, one step a request; the last step repeats.
final class FakeEgress: Egress {
    enum Step: Sendable {
        case fail(EgressError.Reason, EgressError.Delivery = .maybeSent)
        case status(Int, headers: EgressHeaders = [:], body: String = "{}")
        case json(String)
        /// Frames, then an end or a failure.
        case frames([String], then: EgressError.Reason? = nil)
    }

    private struct State {
        var script: [Step] = []
        var requests: [EgressRequest] = []
    }

    private let state = Mutex(State())

    var requests: [EgressRequest] { state.withLock { $0.requests } }
    var bodies: [String] { requests.map { String(decoding: $0.body, as: UTF8.self) } }
    func play(_ steps: [Step]) { state.withLock { $0 = State(script: steps) } }

    func send(_ request: EgressRequest) async throws -> EgressResponse {
        throw EgressError(.blocked(request.url.hasPrefix("https://") ? .undeclaredHost("") : .scheme))
    }

    func stream(_ request: EgressRequest) async throws -> EgressStream {
        let step = state.withLock { state -> Step in
            let step = state.script[min(state.requests.count, state.script.count - 1)]
            state.requests.append(request)
            return step
        }
        switch step {
        case .fail(let reason, let delivery): throw EgressError(reason, delivery)
        case .status(let status, let headers, let body):
            return Self.stream(EgressHead(status: status, headers: headers), [Array(body.utf8)], nil)
        case .json(let body):
            return Self.stream(EgressHead(status: 200, headers: ["Content-Type": "application/json"]), [Array(body.utf8)], nil)
        case .frames(let frames, let reason):
            return Self.stream(
                EgressHead(status: 200, headers: ["Content-Type": "text/event-stream"]),
                frames.map { Array("data: \($0)\n\n".utf8) },
                reason)
        }
    }

    private static func stream(_ head: EgressHead, _ chunks: [[UInt8]], _ reason: EgressError.Reason?) -> EgressStream {
        let box = Box(chunks)
        return EgressStream(head: head) {
            if let chunk = box.rest.withLock({ $0.popFirst() }) { return chunk }
            if let reason { throw EgressError(reason, .maybeSent) }
            return nil
        }
    }

    private final class Box: Sendable {
        let rest: Mutex<ArraySlice<[UInt8]>>
        init(_ chunks: [[UInt8]]) { rest = Mutex(chunks[...]) }
    }

    func sendMail(_ mail: EgressMail) async throws { throw EgressError(.busy) }

    // MARK: Frames

    static func text(_ text: String, finish: String? = nil) -> String {
        let reason = finish.map { "\"\($0)\"" } ?? "null"
        let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
        return
            #"{"model":"m-1","choices":[{"index":0,"delta":{"content":"\#(escaped)"},"finish_reason":\#(reason)}],"usage":null}"#
    }

    static let usage = #"{"model":"m-1","choices":[],"usage":{"prompt_tokens":100,"completion_tokens":20,"total_tokens":120}}"#

    static func answer(_ text: String) -> Step { .frames([Self.text(text), Self.text("", finish: "stop"), usage, "[DONE]"]) }

    static func call(_ name: String, _ arguments: String, id: String = "call_1") -> Step {
        let escaped = arguments.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return .frames([
            #"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"\#(id)","type":"function","function":{"name":"\#(name)","arguments":""}}]}}]}"#,
            #"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"\#(escaped)"}}]},"finish_reason":"tool_calls"}]}"#,
            "[DONE]",
        ])
    }
}
