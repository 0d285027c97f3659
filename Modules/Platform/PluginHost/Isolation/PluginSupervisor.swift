import Foundation
import PluginABI
import WireJSON

/// The thread that owns a plugin's process. The process dies with this thread, so it lives as long as the driver.
final class PluginSupervisor: @unchecked Sendable {
    struct Call {
        let operation: UInt32
        let input: [UInt8]
        let body: [UInt8]
        let finish: (Result<(Int32, [UInt8]), any Error>) -> Void
    }

    private static let waiting = 1_000

    /// The shared object's path, or the kind of a linked plugin.
    private let origin: String
    private let options: IsolatedDriver.Options
    private let lock = NSCondition()
    // Under the lock.
    private var queue = ArraySlice<Call>()
    private var stopped = false
    private var state = DriverCondition.working
    private var memory: Int?
    private var isReleased = false
    private var isToCrash = false
    private var first: Result<(kind: String, description: JSON.Object), any Error>?
    // On the thread.
    private var process: PluginProcess?
    private var kind = ""
    private var policy = RestartPolicy()
    private var nextStart: ContinuousClock.Instant?

    init(origin: String, options: IsolatedDriver.Options) { (self.origin, self.options) = (origin, options) }

    var condition: DriverCondition { lock.withLock { state } }
    var residentBytes: Int? { lock.withLock { memory } }

    /// Starts the thread and the first process; returns the plugin's kind and description.
    func start() throws -> (kind: String, description: JSON.Object) {
        let thread = Thread { [self] in supervise() }
        thread.name = "plugin"
        thread.stackSize = 1 << 19
        thread.start()
        lock.lock()
        defer { lock.unlock() }
        while true {
            if let first { return try first.get() }
            lock.wait()
        }
    }

    func stop() {
        lock.lock()
        stopped = true
        lock.broadcast()
        lock.unlock()
    }

    func release() {
        lock.lock()
        isReleased = true
        lock.broadcast()
        lock.unlock()
    }

    func crash() {
        lock.lock()
        isToCrash = true
        lock.broadcast()
        lock.unlock()
    }

    func submit(_ call: Call) {
        lock.lock()
        let refused = stopped ? "it was switched off" : queue.count >= Self.waiting ? "too many calls are waiting" : nil
        if refused == nil {
            queue.append(call)
            lock.signal()
        }
        lock.unlock()
        if let refused { call.finish(.failure(PluginFault.unavailable(refused))) }
    }

    // ---- on the thread ----

    private func supervise() {
        let result = Result { try firstStart() }
        lock.lock()
        first = result
        lock.broadcast()
        lock.unlock()
        while let work = next() { if let call = work { serve(call) } }
        process = nil
    }

    private func firstStart() throws -> (kind: String, description: JSON.Object) {
        try options.check?()
        let started = try launch()
        do {
            let (status, bytes) = try started.call(UInt32(SEVENSALES_DESCRIBE), Array("{}".utf8), [], deadline: options.deadline)
            let description = try bytes.withUnsafeBufferPointer { try PluginAnswer.read(status: Int(status), $0) }
            (process, kind) = (started, started.kind)
            note(.working)
            return (started.kind, description)
        } catch let death as PluginProcess.Death { throw PluginFault.notLoadable("\(origin): \(death.reason)") }
    }

    private func launch() throws -> PluginProcess {
        try PluginProcess(program: options.program, origin: origin, isConfined: options.isConfined, patience: options.deadline)
    }

    /// The next call; an inner nil when it is time to start the process again; nil when the driver is gone.
    private func next() -> Call?? {
        while true {
            lock.lock()
            let date = nextStart.map { Date(timeIntervalSinceNow: max(0, ($0 - .now) / .seconds(1))) }
            while queue.isEmpty && !stopped && !isReleased && !isToCrash && date.map({ $0.timeIntervalSinceNow > 0 }) ?? true {
                if let date { _ = lock.wait(until: date) } else { lock.wait() }
            }
            if isToCrash {
                isToCrash = false
                lock.unlock()
                if process != nil { crashed("it was ended by hand") }
                continue
            }
            let (call, isOver, released) = (queue.popFirst(), stopped, isReleased)
            isReleased = false
            // A slice keeps what was popped until it is made anew, and a call holds a customer's message.
            if queue.isEmpty { queue = [] }
            lock.unlock()
            if released, process == nil { (policy, nextStart) = (RestartPolicy(), .now) }
            if let call { return .some(call) }
            if isOver { return nil }
            restartIfDue()
            return .some(nil)
        }
    }

    private func serve(_ call: Call) {
        restartIfDue()
        guard let process else {
            let reason =
                switch condition {
                case .quarantined(let reason): "it crashed too often and stays off: \(reason)"
                case .restarting(let reason): "it crashed and starts again in a moment: \(reason)"
                case .working: "it is not running"
                }
            return call.finish(.failure(PluginFault.unavailable(reason)))
        }
        do throws(PluginProcess.Death) {
            call.finish(.success(try process.call(call.operation, call.input, call.body, deadline: options.deadline)))
        } catch {
            crashed(error.reason)
            call.finish(.failure(PluginFault.crashed(error.reason)))
        }
    }

    private func restartIfDue() {
        guard process == nil, let date = nextStart, date <= .now else { return }
        do { try options.check?() } catch {
            // The same file will not become the right one by waiting.
            nextStart = nil
            if case PluginFault.notLoadable(let reason) = error { return note(.quarantined(reason: reason)) }
            return note(.quarantined(reason: "\(error)"))
        }
        do {
            let started = try launch()
            guard started.kind == kind else { throw PluginFault.notLoadable("the file is another plugin now: \(started.kind)") }
            process = started
            nextStart = nil
            note(.working)
        } catch let death as PluginProcess.Death {
            crashed(death.reason)
        } catch PluginFault.notLoadable(let reason) {
            crashed(reason)
        } catch { crashed("\(error)") }
    }

    private func crashed(_ reason: String) {
        process = nil
        switch policy.crashed(at: .now - Self.began) {
        case .again(let delay):
            nextStart = .now + delay
            note(.restarting(reason: reason))
        case .quarantine:
            nextStart = nil
            note(.quarantined(reason: reason))
        }
    }

    private func note(_ condition: DriverCondition) {
        let bytes = process?.residentBytes
        let isNews = lock.withLock {
            defer { (state, memory) = (condition, bytes) }
            return state != condition
        }
        if isNews { options.onChange?(condition) }
    }

    private static let began = ContinuousClock.now
}
