import Kernel

/// One attempt, ready to run: everything has been checked that can be before a name is resolved.
struct CurlJob: Sendable {
    enum Work: Sendable {
        case http(HTTP)
        case mail(Mail)
    }

    struct HTTP: Sendable {
        var method: EgressMethod
        var fields: [EgressHeaders.Field]
        var body: [UInt8]
        var bodyLimit: Int
        /// False for a stream: compression would hold chunks back.
        var acceptsCompression: Bool
    }

    struct Mail: Sendable {
        let from: String
        let to: [String]
        let message: [UInt8]
        let server: MailServer
    }

    let target: EgressTarget
    let purpose: EgressPurpose
    let account: AccountID?
    let deadlines: EgressDeadlines
    let work: Work

    var isStream: Bool {
        if case .http(let http) = work { !http.acceptsCompression } else { false }
    }

    /// Whether curl may repeat the request on a fresh connection when a kept one turns out to be closed.
    var isIdempotent: Bool {
        if case .http(let http) = work { http.method.isIdempotent } else { false }
    }

    var isMail: Bool {
        if case .mail = work { true } else { false }
    }
}
