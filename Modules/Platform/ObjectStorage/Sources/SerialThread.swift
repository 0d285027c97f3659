import Dispatch
import Synchronization

/// A serial queue that an async caller can wait for: what blocks or takes long stays away from the threads that all tasks share.
struct SerialThread: Sendable {
    private let queue: DispatchQueue

    init(_ name: String) { queue = DispatchQueue(label: name) }

    func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result(catching: work)) }
        }
    }
}

/// A few of them, given out in turn.
final class SerialThreads: Sendable {
    private let threads: [SerialThread]
    private let turn = Atomic(0)

    init(_ name: String, count: Int) { threads = (0..<max(1, count)).map { SerialThread("\(name).\($0)") } }

    func next() -> SerialThread {
        let number = turn.wrappingAdd(1, ordering: .relaxed).oldValue
        return threads[Int(UInt(bitPattern: number) % UInt(threads.count))]
    }
}
