import Kernel

/// What a request is at one address: as its module meant it at first, and what is left of it after each redirect.
struct RequestHop {
    private let request: EgressRequest
    private let policy: EgressPolicy
    private(set) var target: EgressTarget
    private var method: EgressMethod
    private var body: [UInt8]
    /// False from the first redirect to another origin on, for good.
    private var isAtHome = true

    /// Throws `EgressError` when the request may not be sent as it is.
    init(_ request: EgressRequest, policy: EgressPolicy) throws {
        guard request.headers.fields.count <= 100, request.headers.fields.allSatisfy(\.isSendable),
            request.credentials.allSatisfy({ $0.field.isSendable })
        else { throw EgressError(.invalidRequest("header")) }
        (self.request, self.policy, method, body) = (request, policy, request.method, request.body)
        target = try EgressTarget(request.url.replacing(PathSecret.placeholder, with: "-"), policy: policy)
        if let secret = request.pathSecret {
            try reveal(secret)
        } else if request.url.contains(PathSecret.placeholder) {
            throw EgressError(.invalidRequest("path secret"))
        }
        if let signature = request.signature {
            guard signature.isUsable else { throw EgressError(.invalidRequest("signature")) }
        }
    }

    /// Puts the secret into the path, and only there: the host has been read without it, and must be the bound one.
    private mutating func reveal(_ secret: PathSecret) throws {
        guard secret.isUsable else { throw EgressError(.invalidRequest("path secret")) }
        guard target.host == secret.host else { throw EgressError(.blocked(.credential)) }
        let full = try EgressTarget(request.url.replacing(PathSecret.placeholder, with: secret.value), policy: policy)
        guard full.isSameOrigin(as: target) else { throw EgressError(.blocked(.credential)) }
        target = full
    }

    /// Moves to where `head` points. False when it does not, or when the request follows no redirects at all.
    ///
    /// Throws when the new address is refused. `count` redirects have been followed before.
    mutating func follow(_ head: EgressHead, after count: Int) throws -> Bool {
        guard request.redirects > 0, [301, 302, 303, 307, 308].contains(head.status),
            let location = head.headers["location"]
        else { return false }
        guard count < request.redirects else { throw EgressError(.blocked(.redirect), .maybeSent) }
        let next = try target.relative(location, policy: policy)
        // As browsers do: 303 always, 301 and 302 after a POST.
        if head.status == 303 && method != .head || head.status < 303 && method == .post {
            (method, body) = (.get, [])
        }
        if !next.isSameOrigin(as: target) {
            guard method == .get || method == .head, body.isEmpty else { throw EgressError(.blocked(.redirect)) }
            isAtHome = false
        }
        target = next
        return true
    }

    func job(isStream: Bool, within total: Duration, at now: Instant) -> CurlJob {
        var fields: [EgressHeaders.Field] = []
        if isAtHome {
            fields = request.headers.fields.filter {
                !body.isEmpty || !$0.name.lowercased().hasPrefix("content-") || method == request.method
            }
            fields += request.credentials.filter { $0.host == target.host }.map(\.field)
        }
        if let signature = request.signature, isAtHome, signature.host == target.host {
            fields += SigV4Signature(signature, method, target, fields, at: now).fields
        }
        var deadlines = request.deadlines
        deadlines.total = total
        return CurlJob(
            target: target, purpose: request.purpose, account: request.account, deadlines: deadlines,
            work: .http(
                CurlJob.HTTP(
                    method: method, fields: fields, body: body, bodyLimit: max(0, request.bodyLimit),
                    acceptsCompression: !isStream)))
    }
}
