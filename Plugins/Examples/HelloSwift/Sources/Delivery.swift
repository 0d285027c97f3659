import ChannelKit

/// Sends a text, one message after the other when it is longer than one. The state says how many are out; the same action and state always
/// give the same request, so that a server may go on where another one fell.
struct Delivery {
    private let api: HelloAPI
    private let messages: [JSON]
    /// Ids of the messages that exist already.
    private let sent: [String]
    private let fault: Reason?

    init(_ action: OutboundAction, _ api: HelloAPI, _ state: JSON?) throws {
        guard case .text(let text) = action.kind else { throw Unsupported("this messenger takes texts") }
        (self.api, sent) = (api, state?["sent"]?.texts ?? [])
        do throws(PlanningFault) { (messages, fault) = (try Self.messages(text, to: action.thread), nil) } catch {
            (messages, fault) = ([], error.reason)
        }
    }

    /// The buttons go with the last part.
    private static func messages(_ text: OutboundText, to chat: String) throws(PlanningFault) -> [JSON] {
        let parts = HelloLimit.text.split(text.text)
        let buttons = try rows(text.buttons)
        guard !parts.isEmpty else { throw PlanningFault(.tooLong) }
        return parts.enumerated().map { index, part in
            var message = JSON.Object(reserving: 3)
            message.add("chat", chat)
            message.add("text", part)
            if index == parts.count - 1, !buttons.isEmpty { message.add("buttons", .array(buttons)) }
            return .object(message)
        }
    }

    private static func rows(_ rows: [[Button]]) throws(PlanningFault) -> [JSON] {
        guard rows.reduce(0, { $0 + $1.count }) <= HelloLimit.buttons else { throw PlanningFault(.badButtons) }
        var result: [JSON] = []
        for row in rows where !row.isEmpty {
            var buttons: [JSON] = []
            for button in row {
                guard !button.title.isEmpty else { throw PlanningFault(.badButtons) }
                switch button.action {
                case .callback(let data):
                    guard (1...HelloLimit.dataBytes).contains(data.utf8.count) else { throw PlanningFault(.badButtons) }
                    buttons.append(["title": .string(button.title), "data": .string(data)])
                case .link(let url): buttons.append(["title": .string(button.title), "url": .string(url)])
                case .requestContact, .requestLocation: throw PlanningFault(.badButtons)
                }
            }
            result.append(.array(buttons))
        }
        return result
    }

    func step(_ input: StepInput) -> ChannelStep {
        if let fault { return failed(ChannelFailure(.permanent, fault)) }
        switch input {
        case .start: return next(sent)
        case .notSent: return failed(.later(.unavailable))
        // The messenger knows no key of ours: sending again could send twice.
        case .unknown: return failed(ChannelFailure(.uncertain, .outcomeUnknown))
        case .response(let response): return read(HelloAnswer(response))
        }
    }

    private func next(_ sent: [String]) -> ChannelStep {
        guard let message = messages.element(at: sent.count) else { return .result(.sent(sent)) }
        return .request(api.request("POST", "/messages", .json(message)), state: Self.state(sent))
    }

    /// Only an id is a yes. What a message's refusal means differs in part from the table for all requests.
    private func read(_ answer: HelloAnswer) -> ChannelStep {
        switch answer {
        case .ok(let result):
            guard let id = result["id"]?.identifier(upTo: HelloLimit.identifierBytes) else {
                return failed(ChannelFailure(.uncertain, .outcomeUnknown))
            }
            return next(sent + [id])
        // A gateway's timeout says nothing about the request behind it.
        case .unreadable, .refused(408, _), .refused(504, _): return failed(ChannelFailure(.uncertain, .outcomeUnknown))
        case .refused(404, _), .refused(410, _): return failed(ChannelFailure(.blocked, .customerLeft))
        case .refused(400, _), .refused(413, _), .refused(422, _): return failed(ChannelFailure(.permanent, .contentRefused))
        case .refused: return failed(ChannelFailure(answer))
        }
    }

    private func failed(_ failure: ChannelFailure) -> ChannelStep {
        .failed(failure.kind, failure.reason, sent: sent, resume: Self.state(sent))
    }

    private static func state(_ sent: [String]) -> JSON { ["sent": .array(sent.map(JSON.string))] }
}
