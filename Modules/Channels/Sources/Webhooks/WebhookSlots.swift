import Synchronization

/// How many endpoints this process serves at once, so that slow ones hold neither each other nor the other jobs.
final class WebhookSlots: Sendable {
    private static let total = 32
    /// Of which so many may be taken by endpoints that fail: those mostly wait for a timeout.
    private static let failing = 8
    private let taken = Mutex((total: 0, failing: 0))

    /// False when all are taken.
    func take(isFailing: Bool) -> Bool {
        taken.withLock { taken in
            guard taken.total < Self.total, !isFailing || taken.failing < Self.failing else { return false }
            taken.total += 1
            if isFailing { taken.failing += 1 }
            return true
        }
    }

    func giveBack(isFailing: Bool) {
        taken.withLock { taken in
            taken.total -= 1
            if isFailing { taken.failing -= 1 }
        }
    }
}
