import Dispatch

/// Threads for what takes long, so that it does not hold up the tasks that answer requests. Each does one thing after another.
struct SlowWork: Sendable {
    /// Reading files and cutting texts up.
    let texts = SerialThread("knowledge.texts")
    /// Analysing passages for indexes.
    let words = SerialThread("knowledge.words")
    /// Opening, merging and writing index files.
    let files = SerialThread("knowledge.files")
}

/// A serial queue that an async caller can wait for.
struct SerialThread: Sendable {
    private let queue: DispatchQueue

    init(_ name: String) { queue = DispatchQueue(label: name) }

    func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result(catching: work)) }
        }
    }
}
