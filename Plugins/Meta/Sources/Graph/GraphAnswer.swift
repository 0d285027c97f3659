import ChannelKit

/// What the Graph API answered.
enum GraphAnswer {
    case ok(JSON)
    case error(GraphError)
    /// Not the Graph API's JSON: a proxy, half a body.
    case unreadable(status: Int, retryAfter: Int64?)

    init(_ response: HTTPResponse) {
        let limits = JSONLimits(bytes: 16 << 20, nodes: 200_000)
        let wait = Self.wait(response)
        guard let object = (try? JSON.parse(response.body, limits: limits))?.object else {
            self = .unreadable(status: response.status, retryAfter: wait)
            return
        }
        // An error may come with status 200, too.
        if let error = object["error"]?.object {
            self = .error(
                GraphError(
                    code: error["code"]?.number ?? 0, subcode: error["error_subcode"]?.number,
                    message: error["message"]?.string ?? "", isTransient: error["is_transient"]?.bool == true,
                    status: response.status, retryAfter: wait))
        } else if (200..<300).contains(response.status) {
            self = .ok(.object(object))
        } else {
            self = .unreadable(status: response.status, retryAfter: wait)
        }
    }

    /// The longest of the waits that the headers ask for, in milliseconds.
    private static func wait(_ response: HTTPResponse) -> Int64? {
        var waits: [Int64] = []
        if let seconds = response.header("retry-after").flatMap({ Int64($0) }) { waits.append(Milliseconds.ofSeconds(seconds)) }
        let usage = response.header("x-business-use-case-usage").flatMap { try? JSON.parse($0) }
        for member in usage?.object?.members ?? [] {
            for case .object(let use) in member.value.array ?? [] {
                guard let minutes = use["estimated_time_to_regain_access"]?.number, minutes > 0 else { continue }
                waits.append(Milliseconds.ofSeconds(min(minutes, 1_440) * 60))
            }
        }
        return waits.max().map { min(max($0, 0), MetaLimit.dayMilliseconds) }
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
    /// A whole number, also when it comes as text.
    var number: Int64? { int ?? string.flatMap { Int64($0) } }

    /// An id of the provider: text or a number. Nil when it is empty or too long for the host.
    var identifier: String? {
        guard let text = string ?? int.map({ String($0) }), (1...900).contains(text.utf8.count) else { return nil }
        return text
    }
}
