package import Kernel

/// One request as a module means it. The guard decides whether and where it goes.
package struct EgressRequest: Sendable {
    package var method: EgressMethod
    /// Absolute. It holds no secret: one that belongs into the path is `{secret}` here and a `PathSecret` below.
    package var url: String
    package var headers: EgressHeaders
    package var body: [UInt8]
    package var purpose: EgressPurpose
    package var account: AccountID?
    package var credentials: [BoundCredential] = []
    package var pathSecret: PathSecret?
    package var signature: SigV4Credential?
    package var deadlines = EgressDeadlines()
    /// The largest body taken, in bytes after decompression.
    package var bodyLimit = 25 << 20
    /// How many redirects are followed. Each is checked like a new request; on another host it loses the credentials and
    /// the headers.
    package var redirects = 0

    package init(
        _ method: EgressMethod, _ url: String, purpose: EgressPurpose, account: AccountID? = nil,
        headers: EgressHeaders = [:], body: [UInt8] = []
    ) {
        (self.method, self.url, self.purpose, self.account) = (method, url, purpose, account)
        (self.headers, self.body) = (headers, body)
    }

    /// A `POST` of `form`.
    package init(_ url: String, form: MultipartForm, purpose: EgressPurpose, account: AccountID? = nil) {
        self.init(.post, url, purpose: purpose, account: account, headers: [:], body: form.body)
        headers["Content-Type"] = form.contentType
    }
}

extension EgressRequest: CustomStringConvertible, CustomReflectable {
    /// Method and address without the query, which may hold keys.
    package var description: String { "\(method.rawValue) \(url.prefix { $0 != "?" && $0 != "#" })" }
    package var customMirror: Mirror { Mirror(self, children: ["request": description]) }
}

/// An HTTP method.
package struct EgressMethod: RawRepresentable, Hashable, Sendable {
    package let rawValue: String

    /// Upper-case letters only; anything else is nil.
    package init?(rawValue: String) {
        guard (1...20).contains(rawValue.utf8.count), rawValue.utf8.allSatisfy({ (65...90).contains($0) }) else {
            return nil
        }
        self.rawValue = rawValue
    }

    private init(known: String) { rawValue = known }

    package static let get = Self(known: "GET"), head = Self(known: "HEAD"), post = Self(known: "POST")
    package static let put = Self(known: "PUT"), patch = Self(known: "PATCH"), delete = Self(known: "DELETE")

    /// Whether doing it twice is the same as doing it once (RFC 9110, 9.2.2).
    package var isIdempotent: Bool {
        ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PROPFIND", "REPORT"].contains(rawValue)
    }
}

/// How long each step may take.
package struct EgressDeadlines: Hashable, Sendable {
    /// Name, connection and TLS.
    package var connect: Duration
    /// From the connection to the answer's first byte.
    package var firstByte: Duration
    /// Everything, all redirects and the waiting for a free place included. For a stream: until its last chunk.
    package var total: Duration
    /// Between two chunks of a stream, while the reader is waiting for one.
    package var idle: Duration

    package init(
        connect: Duration = .seconds(5), firstByte: Duration = .seconds(10), total: Duration = .seconds(30),
        idle: Duration = .seconds(30)
    ) {
        (self.connect, self.firstByte, self.total, self.idle) = (connect, firstByte, total, idle)
    }
}
