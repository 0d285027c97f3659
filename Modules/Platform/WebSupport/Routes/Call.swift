import Foundation
import Glibc
package import HTTPTypes
import Hummingbird
package import Kernel
import WireJSON

/// One request, as a handler sees it: authenticated, within its limits, its body read.
package struct Call: Sendable {
    package let method: HTTPRequest.Method
    package let path: String
    package let headers: HTTPFields
    package let body: [UInt8]
    package let requestID: String
    package let client: ClientAddress
    /// Nil on routes that need none.
    package let caller: Caller?
    /// Asks again whether the caller may do this: for streams that outlive a sign-out or a change of role.
    package let isStillAllowed: @Sendable () async -> Bool
    let parameters: [String: String]
    let queryText: String

    /// Whoever calls, on routes that require somebody.
    package var principal: Principal {
        get throws {
            guard let caller else { throw Problem.unauthenticated }
            return caller.principal
        }
    }

    package var account: AccountID { get throws { try principal.account } }

    /// A `{name}` of the path.
    package func parameter(_ name: String) throws -> String {
        guard let value = parameters[name] else { throw Problem.notFound }
        return value
    }

    /// An id in the path; text that is no id is the same as an id that does not exist.
    package func id<Subject>(_ name: String = "id") throws -> Identifier<Subject> {
        guard let id = Identifier<Subject>(try parameter(name)) else { throw Problem.notFound }
        return id
    }

    /// The decoded value of `?name=`, nil when absent.
    package func query(_ name: String) -> String? { queryItems.first { $0.name == name }?.value }

    /// The whole query, decoded, in its order. What is no valid percent encoding is left out.
    package var queryItems: [(name: String, value: String)] {
        queryText.split(separator: "&").compactMap { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                .map { $0.replacing("+", with: " ").removingPercentEncoding }
            guard let first = parts.first, let name = first else { return nil }
            guard parts.count == 2 else { return (name, "") }
            return parts[1].map { (name, $0) }
        }
    }

    /// `?limit=`, 1 to 100, 50 when absent.
    package func limit() throws -> Int {
        guard let text = query("limit") else { return 50 }
        guard let limit = Int(text), (1...100).contains(limit) else {
            throw Problem.invalid(field: "limit", "expected a number from 1 to 100")
        }
        return limit
    }

    /// The token of `Authorization: Bearer`. Throws `Problem.unauthenticated` without one.
    package var bearer: String {
        get throws {
            guard let header = headers[.authorization], header.lowercased().hasPrefix("bearer ") else {
                throw Problem.unauthenticated
            }
            return String(header.dropFirst(7))
        }
    }

    /// The JSON body. Throws `Problem.malformed` for what is no JSON and `.invalid` for what does not fit, naming the field.
    package func decode<Body: Decodable>(_ type: Body.Type = Body.self) throws -> Body {
        let contentType = headers[.contentType] ?? ""
        guard contentType.lowercased().hasPrefix("application/json") else {
            throw Problem.malformed("expected a body of type application/json")
        }
        do { _ = try JSON.parse(body) } catch { throw Problem.malformed("the body is not acceptable JSON: \(error)") }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        do { return try decoder.decode(type, from: Data(body)) } catch let error as DecodingError {
            let (field, reason) = error.fieldAndReason
            throw Problem.invalid(field: field, reason)
        }
    }
}

/// The authenticated side of a request.
package struct Caller: Sendable {
    package enum Means: Sendable {
        /// A browser's cookie: state-changing requests must also carry its CSRF token.
        case session(id: [UInt8], csrf: String)
        case apiKey
    }

    package let principal: Principal
    package let means: Means

    package init(principal: Principal, means: Means) { (self.principal, self.means) = (principal, means) }
}

/// Finds out who sends a request. Identity implements it.
package protocol Authenticator: Sendable {
    /// Nil when the cookie's session is unknown, expired or its user disabled.
    func caller(sessionToken: String) async throws -> Caller?
    /// Nil when the key is unknown or revoked.
    func caller(apiKey: String) async throws -> Caller?
}

/// Where a request came from, coarse enough to group by.
package struct ClientAddress: Hashable, Sendable {
    /// The IPv4 address or the IPv6 /64 network: whoever has one address of a /64 has all of them.
    package let network: String
    package let address: String

    package init(_ address: String) {
        self.address = address
        var bytes = [UInt8](repeating: 0, count: 16)
        // Text cannot be cut instead: `::` may stand for groups of the network part.
        guard address.contains(":"), inet_pton(AF_INET6, String(address.prefix { $0 != "%" }), &bytes) == 1 else {
            network = address
            return
        }
        if bytes[..<10].allSatisfy({ $0 == 0 }), bytes[10] == 0xFF, bytes[11] == 0xFF {
            network = bytes[12...].map(String.init).joined(separator: ".")
        } else {
            network =
                stride(from: 0, to: 8, by: 2).map { String(Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]), radix: 16) }
                .joined(separator: ":") + "::/64"
        }
    }

    var isLoopback: Bool { network.hasPrefix("127.") || address == "::1" }
}

extension DecodingError {
    fileprivate var fieldAndReason: (String, String) {
        func name(_ path: [any CodingKey], _ last: (any CodingKey)? = nil) -> String {
            let keys = path + (last.map { [$0] } ?? [])
            return keys.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue.snakeCased }.joined(separator: ".")
        }
        switch self {
        case .keyNotFound(let key, let context): return (name(context.codingPath, key), "is missing")
        case .valueNotFound(_, let context): return (name(context.codingPath), "must not be null")
        case .typeMismatch(let type, let context): return (name(context.codingPath), "expected \(type)")
        case .dataCorrupted(let context): return (name(context.codingPath), context.debugDescription)
        @unknown default: return ("", "cannot be read")
        }
    }
}

extension String {
    /// `accountName` → `account_name`, `publicURLPath` → `public_url_path`: as `JSONEncoder.convertToSnakeCase` has it.
    var snakeCased: String {
        let characters = Array(self)
        return characters.indices.reduce(into: "") { text, index in
            let character = characters[index]
            let (before, after) = (index - 1, index + 1)
            let startsWord =
                character.isUppercase && index > 0
                && (!characters[before].isUppercase || (characters.indices.contains(after) && characters[after].isLowercase))
            text += (startsWord ? "_" : "") + character.lowercased()
        }
    }
}
