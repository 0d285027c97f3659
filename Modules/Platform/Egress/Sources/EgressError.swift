/// Why nothing, or not everything, came back; and whether the other side may have acted nevertheless.
package struct EgressError: Error, Hashable, Sendable {
    package enum Reason: Hashable, Sendable {
        /// The request itself cannot be sent: a header with a line break, a mail address that is none.
        case invalidRequest(String)
        case invalidURL(String)
        /// The guard said no.
        case blocked(Block)
        case timeout(Phase)
        /// The name has no address.
        case unresolved
        /// No connection could be made.
        case unreachable
        case tls(String)
        /// The connection ended, or what came was not the protocol.
        case broken(String)
        /// The head or body is larger than `limit` bytes (or, for `head`, has too many fields).
        case tooLarge(limit: Int)
        /// A mail server's final no, with its code.
        case rejected(code: Int)
        case cancelled
        /// Too many requests are waiting already, or none of the places became free in time, or the process is stopping, or the
        /// register cannot be asked.
        case busy
    }

    package enum Block: Hashable, Sendable {
        case scheme
        case userInfo
        case port(Int)
        /// A host that is written so that readers may disagree about it: `0x7f.1`, `2130706433`, a trailing dot.
        case oddHost
        /// The address is not public and not in a network that the operator allows.
        case address(String)
        /// The host is not declared for the purpose.
        case undeclaredHost(String)
        /// More redirects than allowed, or one that would carry a body or a secret to another host.
        case redirect
        /// A secret in the path is bound to another host.
        case credential
    }

    package enum Phase: Hashable, Sendable {
        /// Name, connection and TLS.
        case connect
        /// From the connection to the first byte of the answer.
        case firstByte
        case total
        /// Between two chunks of a stream.
        case idle
    }

    package enum Delivery: Hashable, Sendable {
        /// Not one byte of the request was written: trying again cannot double anything.
        case notSent
        /// The request was written at least in part, so that the other side may have acted.
        case maybeSent
    }

    package let reason: Reason
    package let delivery: Delivery

    package init(_ reason: Reason, _ delivery: Delivery = .notSent) {
        (self.reason, self.delivery) = (reason, delivery)
    }

    /// Whether the guard refused because of an address.
    package var isBlockedAddress: Bool {
        if case .blocked(.address) = reason { true } else { false }
    }
}

extension EgressError: CustomStringConvertible {
    /// Never contains a path, a query, a header's value or a body.
    package var description: String {
        "\(reason)\(delivery == .maybeSent ? " (may have been sent)" : "")"
    }
}
