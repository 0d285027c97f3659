import Synchronization
import Testing

@testable import Vault

struct SingleFlightTests {
    struct Failure: Error {}
    final class Flag: Sendable { let value = Mutex(false) }
    let flights = SingleFlight<Int, Int>()

    @Test func `an error is shared and not remembered`() async throws {
        await #expect(throws: Failure.self) { try await flights.run(1) { throw Failure() } }
        #expect(try await flights.run(1) { 2 } == 2)
    }

    @Test func `different keys do not wait for each other`() async throws {
        let inner = flights
        #expect(try await flights.run(1) { try await inner.run(2) { 2 } + 1 } == 3)
    }

    @Test func `when the first caller is cancelled another does the work`() async throws {
        let (flights, started) = (flights, Flag())
        try await withThrowingTaskGroup(of: Int.self) { group in
            let first = Task {
                try await flights.run(1) {
                    started.value.withLock { $0 = true }
                    try await Task.sleep(for: .seconds(60))
                    return 1
                }
            }
            while !started.value.withLock({ $0 }) { await Task.yield() }
            for _ in 0..<10 { group.addTask { try await flights.run(1) { 2 } } }
            try await Task.sleep(for: .milliseconds(20))
            first.cancel()
            for try await value in group { #expect(value == 2) }
            await #expect(throws: CancellationError.self) { try await first.value }
        }
    }
}
