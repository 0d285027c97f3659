package import CoreMetrics
import Synchronization

/// Keeps counters, gauges and timers of this process and prints them in the Prometheus text format.
package final class MetricsRegistry: MetricsFactory {
    fileprivate final class Series: CounterHandler, RecorderHandler, TimerHandler, FloatingPointCounterHandler, Sendable {
        struct State { var sum = 0.0, count = 0, last = 0.0 }
        let state = Mutex(State())

        func increment(by amount: Int64) { add(Double(amount)) }
        func increment(by amount: Double) { add(amount) }
        func reset() { state.withLock { $0 = State() } }
        func record(_ value: Int64) { add(Double(value)) }
        func record(_ value: Double) { add(value) }
        func recordNanoseconds(_ duration: Int64) { add(Double(duration) / 1e9) }
        private func add(_ value: Double) {
            state.withLock { state in
                state.sum += value
                state.count += 1
                state.last = value
            }
        }
    }

    private enum Kind { case counter, gauge, summary }
    private struct Key: Hashable {
        let label: String
        let dimensions: [String]
    }
    private let table = Mutex<[Key: (kind: Kind, series: Series)]>([:])

    package init() {}

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, dimensions, .counter)
    }
    package func makeFloatingPointCounter(label: String, dimensions: [(String, String)]) -> any FloatingPointCounterHandler {
        series(label, dimensions, .counter)
    }
    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        series(label, dimensions, aggregate ? .summary : .gauge)
    }
    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(label, dimensions, .summary)
    }
    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}

    private func series(_ label: String, _ dimensions: [(String, String)], _ kind: Kind) -> Series {
        let key = Key(label: label, dimensions: dimensions.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }.sorted())
        return table.withLock { table in
            if let known = table[key] { return known.series }
            // Dimensions come from code, not from users; the bound only guards against a mistake.
            let made = Series()
            if table.count < 10_000 { table[key] = (kind, made) }
            return made
        }
    }

    private static func escaped(_ text: String) -> String {
        text.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : $0 == "\n" ? " " : String($0) }.joined()
    }

    /// `text/plain; version=0.0.4`.
    package func text() -> String {
        let lines = table.withLock { table in
            table.flatMap { key, entry -> [String] in
                let labels = key.dimensions.isEmpty ? "" : "{\(key.dimensions.joined(separator: ","))}"
                let state = entry.series.state.withLock { $0 }
                return switch entry.kind {
                case .counter: ["\(key.label)\(labels) \(Self.number(state.sum))"]
                case .gauge: ["\(key.label)\(labels) \(Self.number(state.last))"]
                case .summary:
                    ["\(key.label)_sum\(labels) \(Self.number(state.sum))", "\(key.label)_count\(labels) \(state.count)"]
                }
            }
        }
        return lines.sorted().joined(separator: "\n") + "\n"
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
    }
}
