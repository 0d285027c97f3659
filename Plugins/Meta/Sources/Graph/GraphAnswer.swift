import ChannelKit

/// What the Graph API answered.
enum GraphAnswer {
    case ok(JSON)
    case error(GraphError)
    /// Not the Graph API's JSON: a proxy, half a body.
    case unreadable(status: Int, retryAfter: Int64?)

    init(_ response: HTTPResponse) {
        let wait = Self.wait(response)
        guard let object = (try? JSON.parse(response.body, limits: .answer))?.object else {
            self = .unreadable(status: response.status, retryAfter: wait)
            return
        }
        // An error may come with status 200, too.
        if let error = object["error"]?.object {
            self = .error(
                GraphError(
                    code: error["code"]?.wholeNumber ?? 0, subcode: error["error_subcode"]?.wholeNumber,
                    message: error["message"]?.string ?? "", isTransient: error["is_transient"]?.bool == true,
                    status: response.status, retryAfter: wait))
        } else if response.isSuccess {
            self = .ok(.object(object))
        } else {
            self = .unreadable(status: response.status, retryAfter: wait)
        }
    }

    /// The longest of the waits that the headers ask for, in milliseconds.
    private static func wait(_ response: HTTPResponse) -> Int64? {
        var waits = [response.retryAfter].compactMap(\.self)
        let usage = response.header("x-business-use-case-usage").flatMap { try? JSON.parse($0) }
        for member in usage?.object?.members ?? [] {
            for case .object(let use) in member.value.array ?? [] {
                guard let minutes = use["estimated_time_to_regain_access"]?.wholeNumber, minutes > 0 else { continue }
                waits.append(min(minutes, 1_440) * Milliseconds.minute)
            }
        }
        return waits.max()
    }
}

struct GraphError {
    let code: Int64
    let subcode: Int64?
    /// May be in any language.
    let message: String
    let isTransient: Bool
    let status: Int
    /// Milliseconds.
    let retryAfter: Int64?
}

extension JSON {
    /// An id of the provider: text or a number.
    var identifier: String? { identifier(upTo: 900) }
}
