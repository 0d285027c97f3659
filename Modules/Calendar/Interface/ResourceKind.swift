/// What can be booked.
package enum ResourceKind: String, Codable, CaseIterable, Sendable { case staff, room }
