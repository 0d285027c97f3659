import ChannelKit

/// One round: finds the chats that changed, and reads the one that changed first. The webhook tells neither who read what nor whom
/// a message quotes, and it may lose something: a round now and then completes it.
struct Polling {
    /// Small enough for one answer of the plugin interface, whatever the messages hold.
    private static let page: Int64 = 20
    private static let textLimit = TextLimit(8_192, .utf8)
    private static let quoteLimit = TextLimit(1_024, .utf8)
    /// Milliseconds: Avito is asked about once a second at most, and every quarter of a minute when nothing happens.
    private static let (pace, rest): (Int64, Int64) = (1_000, 15_000)
    private let api: MessengerAPI
    private let context: ChannelContext

    init(_ api: MessengerAPI, _ context: ChannelContext) { (self.api, self.context) = (api, context) }

    func step(_ state: JSON?, _ input: StepInput) -> ChannelStep {
        guard let cursor = PollCursor(context.remembered(Memory.cursor)) else {
            // What was said before the channel was connected has been answered elsewhere, or not at all.
            return polled([], Self.pace, PollCursor(startingAt: context.now / 1_000))
        }
        let notes = PollNotes(state)
        switch input {
        case .start: return ask(notes, cursor)
        case .notSent, .unknown: return ChannelFailure.silence
        case .response(let response):
            let answer = AvitoAnswer(response)
            guard let chat = notes.chat, notes.isReading else { return listed(answer, notes, cursor) }
            return read(answer, chat, hasMore: notes.hasMore, cursor)
        }
    }

    private func ask(_ notes: PollNotes, _ cursor: PollCursor) -> ChannelStep {
        guard notes.isReading, let chat = notes.chat, let segment = PercentEncoding.segment(chat.id) else {
            return .request(api.chats(limit: AvitoLimit.page, offset: notes.offset), state: notes.json)
        }
        return .request(api.messages(segment, limit: Self.page, offset: cursor.offset(in: chat)), state: notes.json)
    }

    private func listed(_ answer: AvitoAnswer, _ notes: PollNotes, _ cursor: PollCursor) -> ChannelStep {
        guard case .ok(let result) = answer, let values = result["chats"]?.array ?? result.array else {
            return ChannelFailure(answer).step
        }
        // A single unreadable chat must not hold up the rest for ever.
        let chats = values.compactMap { Chat($0, user: api.user) }.filter { PercentEncoding.segment($0.id) != nil }
        let fresh = chats.filter(cursor.isNew)
        var notes = notes
        let candidates = [notes.chat].compactMap(\.self) + fresh
        notes.hasMore = notes.hasMore || candidates.count > 1
        notes.chat = candidates.min { ($0.updated, $0.id) < ($1.updated, $1.id) }
        // The newest come first: a page without anything known has older news behind it.
        if values.count >= AvitoLimit.page, fresh.count == chats.count, notes.offset < AvitoLimit.offset {
            notes.offset += AvitoLimit.page
            return ask(notes, cursor)
        }
        guard notes.chat != nil else { return .result(.polled([], pause: Self.rest)) }
        notes.isReading = true
        return ask(notes, cursor)
    }

    private func read(_ answer: AvitoAnswer, _ chat: Chat, hasMore: Bool, _ cursor: PollCursor) -> ChannelStep {
        var cursor = cursor
        let pause = hasMore ? Self.pace : Self.rest
        switch answer {
        case .error(let error) where [400, 403, 404].contains(error.code):
            // This chat alone is gone or closed to us.
            cursor.finish(chat)
            return polled([], pause, cursor)
        case .ok(let result):
            guard let values = result.array ?? result["messages"]?.array else { return ChannelFailure(answer).step }
            let history = ChatHistory(values, of: chat, user: api.user)
            let offset = cursor.offset(in: chat)
            let events = history.events(since: cursor.floor, Self.textLimit, Self.quoteLimit)
            if values.count >= Self.page, history.isAllAfter(cursor.floor), offset < AvitoLimit.offset {
                cursor.goDeeper(into: chat, offset: offset + Self.page)
                return polled(events, Self.pace, cursor)
            }
            cursor.finish(chat)
            return polled(events, pause, cursor)
        case .error, .unreadable: return ChannelFailure(answer).step
        }
    }

    private func polled(_ events: [InboundEvent], _ pause: Int64, _ cursor: PollCursor) -> ChannelStep {
        .result(.polled(events, pause: pause), remember: [Remembered(Memory.cursor, cursor.text)])
    }
}

/// What a round knows between two requests.
private struct PollNotes {
    /// Where the next page of chats begins.
    var offset: Int64
    /// The chat that changed first, of those seen so far.
    var chat: Chat?
    var hasMore: Bool
    /// The chats are listed: this one's messages are asked for.
    var isReading: Bool

    init(_ state: JSON?) {
        offset = state?["offset"]?.int ?? 0
        chat = Chat(notes: state?["chat"])
        hasMore = state?["more"]?.bool ?? false
        isReading = state?["reading"]?.bool ?? false
    }

    var json: JSON {
        var object = JSON.Object()
        object.add("offset", offset)
        object.add("chat", chat?.notes)
        object.add("more", hasMore)
        object.add("reading", isReading)
        return .object(object)
    }
}
