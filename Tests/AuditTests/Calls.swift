import Foundation
import HTTPTypes
import Kernel
import Testing

@testable import WebSupport

extension Array where Element == Route {
    /// Calls the handler of the route declared under `path`, as `principal` would through the gate.
    func call(
        _ method: HTTPRequest.Method, _ path: String, as principal: Principal, parameters: [String: String] = [:],
        query: String = "", body: String = ""
    ) async throws -> Answer {
        let route = try #require(first { $0.method == method && $0.path == path })
        let call = Call(
            method: method, path: path, headers: [.contentType: "application/json"], body: [UInt8](body.utf8), requestID: "test",
            client: ClientAddress("127.0.0.1"), caller: Caller(principal: principal, means: .apiKey),
            isStillAllowed: { true }, parameters: parameters, queryText: query)
        return Answer(reply: try await route.handler(call))
    }
}

/// What a route answered.
struct Answer {
    let reply: Reply

    var status: Int { reply.status.code }
    var text: String { if case .bytes(let bytes) = reply.body { String(decoding: bytes, as: UTF8.self) } else { "" } }

    /// The JSON object of the body.
    func object() throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    func items() throws -> [[String: Any]] { try #require(try object()["items"] as? [[String: Any]]) }
}

extension Principal {
    static func owner(of account: AccountID, user: UserID = UserID()) -> Principal {
        Principal(
            account: account, actor: .user(user), name: "Aigerim", role: .owner, permissions: Set(Permission.allCases))
    }
}
