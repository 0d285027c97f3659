import ChannelsInterface
import Foundation
import Kernel
import Persistence
import WebSupport

/// The frames of one visitor: their conversation's messages as they come and change.
struct VisitorStream: Sendable {
    let routes: VisitorRoutes
    let standings: VisitorStandings
    let visitor: Visitor
    let chat: WebChat

    func run(_ notices: AsyncStream<LiveEvents.Item>, from last: MessageID?, _ send: @Sendable (EventStream.Frame) -> Void)
        async
    {
        send(.init(event: "hello", data: "{}"))
        // What was said between the page's loading and this subscription must come through one of the two: the page knows a message
        // by its id and shows it once.
        if let last { await catchUp(after: last, send) } else { await recent(send) }
        var conversation: String?
        for await item in notices {
            guard case .notice(let notice) = item, !Task.isCancelled else { return }
            if conversation == nil { conversation = await conversationID() }
            guard let conversation,
                let data = try? JSONDecoder().decode([String: NoticeValue].self, from: Data(notice.data.utf8)),
                data["conversation_id"]?.text == conversation
            else { continue }
            switch notice.name {
            case "message.added", "message.changed":
                await tell(data["message_id"]?.text, added: notice.name == "message.added", send)
            case "bot.typing": send(.init(event: "typing", data: #"{"on":\#(data["on"]?.flag ?? false),"author":"bot"}"#))
            case "person.typing": send(.init(event: "typing", data: #"{"on":true,"author":"person"}"#))
            case "conversation.changed":
                // What the visitor owes is not told: it may have been answered since the stream began.
                if let standing = try? await standings.standing(of: visitor, in: chat) {
                    let rating = standing.rating.map(String.init) ?? "null"
                    send(.init(event: "conversation", data: #"{"state":"\#(standing.state)","rating":\#(rating)}"#))
                }
            default: break
            }
        }
    }

    private func conversationID() async -> String? {
        let row = try? await routes.database.read(in: chat.account) { transaction in
            try ConversationStore(transaction: transaction).find(
                channel: chat.channel, threadKey: visitor.threadKey, of: chat.account)
        }
        return row?.id.description
    }

    private func tell(_ text: String?, added: Bool, _ send: @Sendable (EventStream.Frame) -> Void) async {
        guard let id = text.flatMap({ MessageID($0) }),
            let row = try? await routes.database.read(
                in: chat.account, { try MessageStore(transaction: $0).find(id, of: chat.account) }),
            row.isForCustomers, let item = try? await routes.items([row], chat.account).first,
            let bytes = try? Reply.json(item).body, case .bytes(let data) = bytes
        else { return }
        if added {
            send(.init(id: id.description, event: "message", data: String(decoding: data, as: UTF8.self)))
        } else {
            send(.init(event: "status", data: #"{"id":"\#(id)","status":"\#(row.status.rawValue)"}"#))
        }
    }

    private func recent(_ send: @Sendable (EventStream.Frame) -> Void) async {
        let (account, thread, channel) = (chat.account, visitor.threadKey, chat.channel)
        let rows = try? await routes.database.read(in: account) { transaction -> [MessageRow] in
            guard
                let found = try ConversationStore(transaction: transaction).find(
                    channel: channel, threadKey: thread, of: account)
            else { return [] }
            return try MessageStore(transaction: transaction).page(of: found.id, account: account, before: nil, limit: 30)
        }
        for row in (rows ?? []).reversed() where row.isForCustomers {
            await tell(row.id.description, added: true, send)
        }
    }

    private func catchUp(after last: MessageID, _ send: @Sendable (EventStream.Frame) -> Void) async {
        let found = try? await routes.database.read(in: chat.account) {
            try MessageStore(transaction: $0).find(last, of: chat.account)
        }
        guard let row = found ?? nil,
            let rows = try? await routes.rows(of: visitor, in: chat, after: (row.occurredAt, row.id), limit: 100)
        else { return }
        for row in rows { await tell(row.id.description, added: true, send) }
    }
}

/// A notice's value: an id or a flag.
private enum NoticeValue: Decodable {
    case string(String), bool(Bool)

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let flag = try? container.decode(Bool.self) {
            self = .bool(flag)
        } else {
            self = .string(try container.decode(String.self))
        }
    }

    var text: String? { if case .string(let text) = self { text } else { nil } }
    var flag: Bool? { if case .bool(let flag) = self { flag } else { nil } }
}
