import Foundation
import Synchronization
import Testing

@testable import Vault

struct HashingLanesTests {
    /// Counts computations, and holds each one up until the test lets it go.
    private final class Probe: Sendable {
        let running = Mutex((now: 0, most: 0, total: 0))
        let refused = Mutex(0)
        let release = DispatchSemaphore(value: 0)

        func compute() -> Bool {
            running.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1), $0.total + 1) }
            release.wait()
            running.withLock { $0.now -= 1 }
            return true
        }

        func untilRunning(_ count: Int) async {
            while running.withLock({ $0.now }) < count { try? await Task.sleep(for: .milliseconds(1)) }
        }
    }

    @Test func `two run, thirty-two wait and the next is told so`() async throws {
        let (lanes, probe) = (HashingLanes(width: 2, limit: 32), Probe())
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<40 {
                group.addTask {
                    do { _ = try await lanes.run { probe.compute() } } catch {
                        #expect(error as? VaultError == .busy)
                        probe.refused.withLock { $0 += 1 }
                    }
                }
            }
            while probe.refused.withLock({ $0 }) < 6 { try? await Task.sleep(for: .milliseconds(1)) }
            await probe.untilRunning(2)
            for _ in 0..<34 { probe.release.signal() }
        }
        #expect(probe.refused.withLock { $0 } == 6)
        #expect(probe.running.withLock { $0.most } == 2)
        #expect(probe.running.withLock { $0.total } == 34)
    }

    @Test func `lanes open again after they closed`() async throws {
        let lanes = HashingLanes(width: 1, limit: 0)
        for number in 0..<50 {
            // With nobody allowed to wait, a lane that is just closing may still say busy.
            while true {
                do {
                    #expect(try await lanes.run { number } == number)
                    break
                } catch VaultError.busy { await Task.yield() }
            }
        }
    }

    @Test func `a cancelled caller's turn costs nothing`() async throws {
        let (lanes, probe) = (HashingLanes(width: 1, limit: 8), Probe())
        let first = Task { try await lanes.run { probe.compute() } }
        await probe.untilRunning(1)
        let second = Task { try await lanes.run { probe.compute() } }
        try await Task.sleep(for: .milliseconds(20))
        second.cancel()
        // One signal too many, so that a second computation fails the test instead of hanging it.
        for _ in 0..<2 { probe.release.signal() }
        #expect(try await first.value)
        await #expect(throws: CancellationError.self) { try await second.value }
        #expect(probe.running.withLock { $0.total } == 1)
    }

    @Test func `an error of the computation reaches the caller`() async throws {
        let lanes = HashingLanes(width: 1, limit: 1)
        await #expect(throws: VaultError.notText) { try await lanes.run { throw VaultError.notText } }
    }
}
