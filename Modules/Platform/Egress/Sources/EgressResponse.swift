/// A response's status and header fields.
package struct EgressHead: Hashable, Sendable {
    package let status: Int
    package let headers: EgressHeaders
    /// The connected address.
    package let remoteAddress: String

    package init(status: Int, headers: EgressHeaders = [:], remoteAddress: String = "") {
        (self.status, self.headers, self.remoteAddress) = (status, headers, remoteAddress)
    }
}

/// A whole response.
package struct EgressResponse: Hashable, Sendable {
    package let head: EgressHead
    /// After decompression.
    package let body: [UInt8]
    package let timings: EgressTimings

    package init(head: EgressHead, body: [UInt8] = [], timings: EgressTimings = EgressTimings()) {
        (self.head, self.body, self.timings) = (head, body, timings)
    }

    package var status: Int { head.status }
    package var headers: EgressHeaders { head.headers }
    package var isSuccess: Bool { (200..<300).contains(status) }
}

/// When each step was done, counted from the start of the (last) attempt. Zero for what a kept connection saved.
package struct EgressTimings: Hashable, Sendable {
    package var resolved: Duration = .zero
    package var connected: Duration = .zero
    package var secured: Duration = .zero
    package var firstByte: Duration = .zero
    package var total: Duration = .zero

    package init() {}
}
