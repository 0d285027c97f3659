import HTTPTypes
import Kernel
import WebSupport

/// Messages that wait for their time, over HTTP.
struct ScheduleRoutes: Sendable {
    let messages: ScheduledMessages
    let presenter: Presenter

    /// What is left out stays as it is.
    struct Change: Codable { let sendAt: Instant?, cancelOnReply: Bool?, text: String? }

    /// `override` sends it in spite of quiet hours and caps, by those who may.
    struct Sending: Codable { let override: Bool? }

    var routes: [Route] {
        [
            Route(
                .patch, "/api/v1/messages/{id}/schedule", "Give a scheduled or missed message another time or other words",
                access: .permission(.replyToConversations), bodyLimit: ConversationRoutes.draftLimit, audit: .inTransaction,
                request: .of(Change.self), response: .of(MessageView.self), handler: change),
            Route(
                .post, "/api/v1/messages/{id}/send-now", "Send a scheduled, missed or held message now",
                access: .permission(.replyToConversations), bodyLimit: 1 << 10, audit: .inTransaction,
                request: .of(Sending.self), response: .of(MessageView.self)
            ) { call in
                let wish: Sending = call.body.isEmpty ? Sending(override: nil) : try call.decode()
                return try await reply(
                    try await messages.sendNow(try call.id(), overriding: wish.override ?? false, by: try call.principal))
            },
            Route(
                .post, "/api/v1/messages/{id}/cancel", "Take back a message that has not left",
                access: .permission(.replyToConversations), bodyLimit: 1 << 10, audit: .inTransaction,
                response: .of(MessageView.self)
            ) { call in try await reply(try await messages.cancel(try call.id(), by: try call.principal)) },
        ]
    }

    private func change(_ call: Call) async throws -> Reply {
        let wish: Change = try call.decode()
        if let text = wish.text {
            guard text.contains(where: { !$0.isWhitespace }) else { throw Problem.invalid(field: "text", "must not be empty") }
            guard text.utf8.count <= ConversationRoutes.textLimit else { throw Problem.invalid(field: "text", "at most 64 KB") }
        }
        let change = ScheduledMessages.Change(at: wish.sendAt, cancelOnReply: wish.cancelOnReply, text: wish.text)
        return try await reply(try await messages.change(try call.id(), change, by: try call.principal))
    }

    private func reply(_ row: MessageRow) async throws -> Reply {
        guard let view = try await presenter.views(of: [row], account: row.account).first else { throw Problem.notFound }
        return try .json(view)
    }
}
