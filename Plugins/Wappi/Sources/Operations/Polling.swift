import ChannelKit

/// One round of asking for news: the chats that changed, then one page of the one that changed first.
///
/// It serves installations without a public address, and catches up after a time in which no webhook arrived.
struct Polling {
    private let api: WappiAPI
    private let context: ChannelContext

    init(_ api: WappiAPI, _ context: ChannelContext) { (self.api, self.context) = (api, context) }

    func step(_ state: JSON?, _ input: StepInput) -> ChannelStep {
        let cursor = context.remembered(Memory.history).flatMap(HistoryCursor.init)
        guard case .response(let response) = input else {
            guard case .start = input else { return ChannelFailure.silence }
            if let page = cursor?.page { return ask(page, hasMore: true) }
            return .request(chats, state: ["at": "chats"])
        }
        let answer = Answer(response)
        guard case .done(let object) = answer else { return ChannelFailure(answer).step }
        guard let state, state["at"]?.string == "messages", let page = HistoryCursor.Page(state["page"]), let cursor else {
            return changed(object, cursor)
        }
        guard let rows = History.rows(object, of: page.chat) else {
            return .failed(.retry(after: 5_000, scope: .channel), .mixedUp)
        }
        return received(rows, page, cursor, hasMore: state["more"]?.bool ?? false)
    }

    private var chats: HTTPRequest {
        let window = [("limit", "50"), ("offset", "0")]
        return api.platform == .whatsapp
            ? api.post("/sync/chats/get", window + [("show_all", "false")])
            : api.get("/sync/chats/get", window + [("order", "desc")])
    }

    private func ask(_ page: HistoryCursor.Page, hasMore: Bool) -> ChannelStep {
        .request(
            History.request(api, chat: page.chat, offset: page.offset),
            state: ["at": "messages", "page": page.json, "more": .bool(hasMore)])
    }

    private func changed(_ object: JSON.Object, _ cursor: HistoryCursor?) -> ChannelStep {
        let latest = (object["dialogs"]?.array ?? []).compactMap(\.object).compactMap { dialog -> HistoryCursor.Page? in
            // On Telegram the two members are swapped.
            guard let id = dialog.text("id"), !dialog.flag("isGroup"), let chat = ChatID(id, type: dialog.text("type")),
                let last = dialog.time("last_time", "last_timestamp")
            else { return nil }
            return HistoryCursor.Page(chat: chat.key, last: last, offset: 0)
        }.sorted { ($0.last, $0.chat) < ($1.last, $1.chat) }
        // What was there before the channel was connected is not news.
        guard let cursor else {
            let start = HistoryCursor(startingAt: latest.last?.last ?? context.now)
            return .result(.polled([], pause: 10_000), remember: [start.remembered])
        }
        let news = latest.filter { ($0.last, $0.chat) > (cursor.time, cursor.chat) }
        guard let first = news.first else {
            let remember = cursor.floor == cursor.time ? [] : [cursor.caughtUp.remembered]
            return .result(.polled([], pause: 10_000), remember: remember)
        }
        return ask(first, hasMore: news.count > 1)
    }

    private func received(
        _ rows: [JSON.Object], _ page: HistoryCursor.Page, _ cursor: HistoryCursor, hasMore: Bool
    ) -> ChannelStep {
        let fresh = rows.filter { ($0.time("time", "timestamp") ?? .max) >= cursor.floor.saturatingSubtracting(60_000) }
        let events = fresh.flatMap { row in
            var row = row
            if row.text("chatId", "chat_id") == nil { row.members.append(JSON.Member(key: "chatId", value: .string(page.chat))) }
            return MessageEvents(row, account: api.profile, source: .history).events
        }
        // A page of nothing but news: there may be more behind it.
        let isFull = rows.count >= History.page && fresh.count == rows.count && page.offset < 20 * History.page
        let next = isFull ? cursor.turning(page) : cursor.past(page)
        return .result(.polled(events, pause: isFull || hasMore ? 2_000 : 10_000), remember: [next.remembered])
    }
}

/// How far the history has been read, remembered with the events it covers.
struct HistoryCursor {
    /// The next page of a chat that changed at `last`.
    struct Page {
        let chat: String
        let last: Int64
        let offset: Int
    }
    /// Messages before it are known in all chats, in milliseconds since 1970.
    private(set) var floor: Int64
    /// Chats that changed up to here, in the order of time and name, have been read.
    private(set) var time: Int64
    private(set) var chat: String
    private(set) var page: Page?

    init(startingAt time: Int64) { (floor, self.time, chat) = (time, time, "") }

    init?(_ text: String) {
        guard let object = try? JSON.parse(text), let floor = object["floor"]?.int, let time = object["time"]?.int,
            let chat = object["chat"]?.string
        else { return nil }
        (self.floor, self.time, self.chat) = (floor, time, chat)
        page = Page(object["page"])
    }

    var remembered: Remembered {
        var object = JSON.Object(reserving: 4)
        object.add("floor", floor)
        object.add("time", time)
        object.add("chat", chat)
        object.add("page", page?.json)
        return Remembered(Memory.history, JSON.object(object).text)
    }

    var caughtUp: HistoryCursor {
        var next = self
        next.floor = time
        return next
    }

    func turning(_ page: Page) -> HistoryCursor {
        var next = self
        next.page = Page(chat: page.chat, last: page.last, offset: page.offset + History.page)
        return next
    }

    func past(_ page: Page) -> HistoryCursor {
        var next = self
        (next.time, next.chat, next.page) = (page.last, page.chat, nil)
        return next
    }
}

extension HistoryCursor.Page {
    init?(_ json: JSON?) {
        guard let json, let chat = json["chat"]?.string, let last = json["last"]?.int,
            let offset = json["offset"]?.int.flatMap({ Int(exactly: $0) }), (0...1_000_000).contains(offset)
        else { return nil }
        self.init(chat: chat, last: last, offset: offset)
    }

    var json: JSON { ["chat": .string(chat), "last": .int(last), "offset": .int(Int64(offset))] }
}
