import ChannelsInterface
import HTTPTypes
import Kernel
import WebSupport

/// How every public route of a web chat begins: the chat is open, may run on that page, and the answer may be read there.
struct VisitorDoor: Sendable {
    let gateway: any WebChatGateway

    func route(
        _ method: HTTPRequest.Method, _ path: String, _ summary: String, limit: Int = 0, request: Schema? = nil,
        response: Schema? = nil, _ handler: @escaping @Sendable (Call, WebChat) async throws -> Reply
    ) -> Route {
        Route(
            method, "/webchat/{key}/\(path)", summary,
            access: .ownCredential(reason: "the chat's public key and the visitor's token"), scope: .keyedAccount, rate: .visitor,
            bodyLimit: limit, audit: .inTransaction, request: request, response: response
        ) { call in
            do {
                let chat = try await gateway.webChat(key: try call.parameter("key"))
                guard chat.mayRun(onPageOf: call.headers[.origin]) else { throw Problem.forbidden }
                return CrossOrigin.open(try await handler(call, chat))
            } catch let problem as Problem {
                // The widget must be able to read why.
                return CrossOrigin.open(problem.reply(requestID: call.requestID))
            }
        }
    }

    static func questions(_ paths: [String]) -> [Route] { paths.map { CrossOrigin.question("/webchat/{key}/\($0)") } }

    func visitor(_ call: Call, _ chat: WebChat) async throws -> Visitor {
        try await gateway.visitor(token: try call.bearer, in: chat)
    }
}
