package import BillingInterface

/// What an account may use in a calendar month (UTC).
package struct Plan: Sendable {
    /// Running it for yourself needs no billing.
    package static let unlimited = Plan(limits: [:])

    /// A meter without a limit may be used at will.
    package let limits: [UsageMeter: Int64]

    package init(limits: [UsageMeter: Int64]) { self.limits = limits }
}
