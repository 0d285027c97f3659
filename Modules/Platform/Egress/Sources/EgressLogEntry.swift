package import Kernel

/// One attempt to reach the outside, refused ones included: what the egress log and the disclosure log are made from.
///
/// A redirect that is followed is two attempts. No field holds a secret, a path or a query.
package struct EgressLogEntry: Sendable {
    package let at: Instant
    package let purpose: EgressPurpose
    package let account: AccountID?
    /// Lower-case ASCII; empty when the address could not be read.
    package let host: String
    /// The connected address; nil when nothing was connected.
    package let ip: String?
    /// Head and body, before encryption.
    package let bytesOut: Int
    /// Head and body as they came, before decompression.
    package let bytesIn: Int
    package let status: Int?
    package let duration: Duration
    /// Nil when a whole response came, whatever its status.
    package let error: EgressError?
}
