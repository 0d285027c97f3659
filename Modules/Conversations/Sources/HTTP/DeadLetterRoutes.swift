import CRMInterface
import ChannelsInterface
import HTTPTypes
import Kernel
import Persistence
import WebSupport

/// What did not get through, over HTTP. A message is sent again with `POST /api/v1/messages/{id}/retry`.
struct DeadLetterRoutes: Sendable {
    let letters: DeadLetters
    let presenter: Presenter

    struct Contact: Codable { let id: ContactID, name: String }
    struct Letter: Codable { let message: MessageView, contact: Contact }
    struct DeadJob: Codable {
        let id: JobID
        /// The kind of work: `channels.fetch-media`, `channels.answer-press` and so on.
        let queue: String
        let attempts: Int
        let createdAt: Instant
        /// What it failed with, for those who look after the server.
        let error: String
    }
    struct Answer: Codable { let messages: [Letter], jobs: [DeadJob] }
    struct Count: Codable { let count: Int }

    var routes: [Route] {
        [
            Route(
                .get, "/api/v1/dead-letters", "Messages that did not arrive, or may not have, and work that was given up",
                access: .permission(.readConversations), audit: .read("dead-letters.viewed"), response: .of(Answer.self),
                handler: list),
            Route(
                .post, "/api/v1/dead-letters/resend", "Try everything again that surely did not get through",
                access: .permission(.replyToConversations), bodyLimit: 1 << 10, audit: .inTransaction,
                response: .of(Count.self)
            ) { call in try .json(Count(count: try await letters.resendAll(by: try call.principal))) },
            Route(
                .post, "/api/v1/dead-letters/messages/{id}/dismiss", "Take a message off the list",
                access: .permission(.replyToConversations), bodyLimit: 1 << 10, audit: .inTransaction
            ) { call in
                try await letters.dismiss(message: try call.id(), by: try call.principal)
                return .noContent
            },
            Route(
                .post, "/api/v1/dead-letters/jobs/{id}/retry", "Try given-up work again",
                access: .permission(.replyToConversations), bodyLimit: 1 << 10, audit: .inTransaction
            ) { call in
                try await letters.retry(try call.id(), by: try call.principal)
                return .noContent
            },
            Route(
                .post, "/api/v1/dead-letters/jobs/{id}/dismiss", "Drop given-up work for good",
                access: .permission(.replyToConversations), bodyLimit: 1 << 10, audit: .inTransaction
            ) { call in
                try await letters.dismiss(job: try call.id(), by: try call.principal)
                return .noContent
            },
        ]
    }

    private func list(_ call: Call) async throws -> Reply {
        let account = try call.account
        let (rows, jobs) = try await letters.list(account)
        let names = try await presenter.contacts.contacts(Set(rows.map(\.contact)), of: account)
        var messages: [Letter] = []
        for row in rows {
            // Each under its own contact's key.
            guard let view = try await presenter.views(of: [row], account: account).first else { continue }
            messages.append(Letter(message: view, contact: Contact(id: row.contact, name: names[row.contact]?.name ?? "")))
        }
        return try .json(
            Answer(
                messages: messages,
                jobs: jobs.map {
                    DeadJob(
                        id: $0.id, queue: $0.queue, attempts: $0.attempts, createdAt: $0.createdAt, error: $0.error ?? "")
                }))
    }
}
