package import Kernel

/// One mail and the server that takes it.
package struct EgressMail: Sendable {
    package var server: MailServer
    package var message: MailMessage
    package var purpose: EgressPurpose
    package var account: AccountID?
    package var deadlines = EgressDeadlines()

    package init(
        _ message: MailMessage, through server: MailServer, purpose: EgressPurpose = .mail, account: AccountID? = nil
    ) {
        (self.server, self.message, self.purpose, self.account) = (server, message, purpose, account)
    }
}

/// A submission server.
package struct MailServer: Sendable {
    package enum Security: Sendable {
        /// Plain at first, then TLS, and never without it (port 587).
        case startTLS
        /// TLS from the first byte (port 465).
        case implicitTLS
        /// Only in a network that the operator allows.
        case none
    }

    package let host: String
    package let port: Int
    package let security: Security
    let username: String?
    let password: String?

    package init(
        host: String, port: Int = 587, security: Security = .startTLS, username: String? = nil, password: String? = nil
    ) {
        (self.host, self.port, self.security) = (host, port, security)
        (self.username, self.password) = (username, password)
    }
}

extension MailServer: CustomStringConvertible, CustomReflectable {
    package var description: String { "\(host):\(port)" }
    package var customMirror: Mirror { Mirror(self, children: ["host": host]) }
}
