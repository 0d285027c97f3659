/// The one way out of the process. Every implementation applies the guard, the limits and the log to every call.
///
/// All three functions throw `EgressError`, and nothing else; its `delivery` says whether the other side may have
/// acted. None of them ever repeats a request that is not idempotent.
package protocol Egress: Sendable {
    /// Performs `request` and returns its whole response, whatever the status.
    ///
    /// Cancelling the task closes the connection and throws with the reason `cancelled`.
    func send(_ request: EgressRequest) async throws -> EgressResponse

    /// Performs `request` and returns as soon as the response's head is there; the body follows chunk by chunk, only
    /// as fast as it is read. Dropping the returned stream closes the connection.
    func stream(_ request: EgressRequest) async throws -> EgressStream

    /// Hands `mail` to its SMTP server and returns once the server has taken responsibility for it.
    func sendMail(_ mail: EgressMail) async throws
}
