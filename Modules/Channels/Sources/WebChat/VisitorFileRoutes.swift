import ChannelsInterface
import HTTPTypes
import Kernel
import WebSupport

/// A visitor's way to the files of their conversation, and to nobody else's.
struct VisitorFileRoutes: Sendable {
    let gateway: any WebChatGateway
    let files: VisitorFiles
    let media: any MediaLibrary

    struct Uploaded: Codable { let id: FileID, kind: String, name: String, mime: String, size: Int64 }

    private static let upload = "/webchat/{key}/files"
    private static let file = "/webchat/{key}/files/{id}"

    var routes: [Route] {
        [
            route(
                .post, Self.upload, "Upload a file for a message: its bytes are the body, ?name= and ?mime= say what it is",
                rate: .visitorFile, limit: MediaUpload.largestOfVisitor, response: .of(Uploaded.self)
            ) { call, visitor, chat in
                let upload = MediaUpload(
                    bytes: call.body, name: call.query("name") ?? "",
                    claimedType: call.query("mime") ?? call.headers[.contentType] ?? "")
                let file = try await files.add(upload, of: visitor, in: chat)
                return try .json(
                    Uploaded(id: file.id, kind: file.kind, name: file.name, mime: file.mime, size: file.size), status: .created)
            },
            route(.get, Self.file, "A file of the visitor's conversation; ?download=1 to save it", rate: .visitor) {
                call, visitor, chat in
                let id: FileID = try call.id()
                guard try await files.mayRead(id, visitor, in: chat) else { throw Problem.notFound }
                return try await FileReply.make(call, id, chat.account, from: media)
            },
            CrossOrigin.question(Self.upload), CrossOrigin.question(Self.file),
        ]
    }

    private func route(
        _ method: HTTPRequest.Method, _ path: String, _ summary: String, rate: Route.RateClass, limit: Int = 0,
        response: Schema? = nil, _ handler: @escaping @Sendable (Call, Visitor, WebChat) async throws -> Reply
    ) -> Route {
        Route(
            method, path, summary, access: .ownCredential(reason: "the chat's public key and the visitor's token"),
            scope: .keyedAccount, rate: rate, bodyLimit: limit, audit: .inTransaction, response: response
        ) { call in
            do {
                let chat = try await gateway.webChat(key: try call.parameter("key"))
                guard chat.mayRun(onPageOf: call.headers[.origin]) else { throw Problem.forbidden }
                let visitor = try await gateway.visitor(token: try call.bearer, in: chat)
                return CrossOrigin.open(try await handler(call, visitor, chat))
            } catch let problem as Problem {
                // The widget must be able to read why.
                return CrossOrigin.open(problem.reply(requestID: call.requestID))
            }
        }
    }
}
