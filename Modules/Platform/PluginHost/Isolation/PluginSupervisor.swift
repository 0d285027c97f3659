import Foundation
import Glibc
import PluginABI
import WireJSON

/// The thread that owns a plugin's process. The process dies with this thread, so it lives as long as the driver.
///
/// A call to a process that has nothing to do is written by whoever makes it: the thread is woken by the answer alone. While the thread
/// sleeps, what it owns belongs to whoever holds the lock.
final class PluginSupervisor: @unchecked Sendable {
    struct Call {
        let operation: UInt32
        let input: [UInt8]
        let body: [UInt8]
        let finish: (Result<(Int32, [UInt8]), any Error>) -> Void
    }

    /// The call that the process works on.
    private struct Running {
        let call: Call
        let deadline: ContinuousClock.Instant
    }

    private static let waiting = 1_000

    /// The shared object's path, or the kind of a linked plugin.
    private let origin: String
    private let options: IsolatedDriver.Options
    private let alarm: Alarm
    private let lock = NSCondition()
    // Under the lock.
    private var queue = ArraySlice<Call>()
    private var stopped = false
    private var state = DriverCondition.working
    private var memory: Int?
    private var isReleased = false
    private var isToCrash = false
    private var first: Result<(kind: String, description: JSON.Object), any Error>?
    private var isAsleep = false
    /// When it wakes by itself.
    private var wakesAt: ContinuousClock.Instant?
    // The thread's own; the lock's while it sleeps.
    private var process: PluginProcess?
    private var running: Running?
    // On the thread.
    private var kind = ""
    private var policy = RestartPolicy()
    private var nextStart: ContinuousClock.Instant?

    /// Throws `PluginFault.notLoadable`.
    init(origin: String, options: IsolatedDriver.Options) throws {
        (self.origin, self.options) = (origin, options)
        alarm = try Alarm()
    }

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

    func stop() { order { stopped = true } }

    func release() { order { isReleased = true } }

    func crash() { order { isToCrash = true } }

    private func order(_ change: () -> Void) {
        lock.withLock {
            change()
            if isAsleep { alarm.ring() }
        }
    }

    func submit(_ call: Call) {
        lock.lock()
        let refused = stopped ? "it was switched off" : queue.count >= Self.waiting ? "too many calls are waiting" : nil
        if refused == nil {
            if isAsleep, running == nil, let process {
                begin(call, process)
                // It would sleep past the deadline, or has to write the rest.
                if !process.isAsked || wakesAt.map({ $0 > .now + options.deadline }) ?? true { alarm.ring() }
            } else {
                queue.append(call)
                if isAsleep, running == nil { alarm.ring() }
            }
        }
        lock.unlock()
        if let refused { call.finish(.failure(PluginFault.unavailable(refused))) }
    }

    private func begin(_ call: Call, _ process: PluginProcess) {
        running = Running(call: call, deadline: .now + options.deadline)
        process.begin(call.operation, call.input, call.body)
    }

    // ---- on the thread ----

    private func supervise() {
        let result = Result { try firstStart() }
        lock.lock()
        first = result
        lock.broadcast()
        lock.unlock()
        while obey() {
            startNext()
            serve(sleep())
        }
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

    /// Does what was ordered from outside; false when the driver is gone and every call has its answer.
    private func obey() -> Bool {
        lock.lock()
        let (crashes, released, isOver) = (isToCrash, isReleased, stopped && queue.isEmpty && running == nil)
        (isToCrash, isReleased) = (false, false)
        lock.unlock()
        if crashes, let process { crashed(process.died("it was ended by hand")) }
        if released, process == nil { (policy, nextStart) = (RestartPolicy(), .now) }
        return !isOver
    }

    /// Gives the process its next call; without a process tells all who wait so.
    private func startNext() {
        restartIfDue()
        lock.lock()
        var refused = ArraySlice<Call>()
        if let process {
            if running == nil, let call = queue.popFirst() { begin(call, process) }
        } else {
            swap(&refused, &queue)
        }
        // A slice keeps what was popped until it is made anew, and a call holds a customer's message.
        if queue.isEmpty { queue = [] }
        let state = state
        lock.unlock()
        guard !refused.isEmpty else { return }
        let reason =
            switch state {
            case .quarantined(let reason): "it crashed too often and stays off: \(reason)"
            case .restarting(let reason): "it crashed and starts again in a moment: \(reason)"
            case .working: "it is not running"
            }
        for call in refused { call.finish(.failure(PluginFault.unavailable(reason))) }
    }

    /// Returns what `poll` says of the process's socket, once there is something to do.
    private func sleep() -> Int16 {
        lock.lock()
        let hasOrders = isToCrash || isReleased || (running == nil && (stopped || !queue.isEmpty))
        var descriptors = [alarm.awaited] + (process.map { [$0.awaited] } ?? [])
        wakesAt = hasOrders ? .now : running?.deadline ?? nextStart
        let patience = FrameSocket.milliseconds(until: wakesAt)
        isAsleep = true
        lock.unlock()
        _ = poll(&descriptors, nfds_t(descriptors.count), patience)
        lock.withLock { isAsleep = false }
        if descriptors[0].revents != 0 { alarm.silence() }
        return descriptors.count > 1 ? descriptors[1].revents : 0
    }

    private func serve(_ events: Int16) {
        guard let process else { return }
        if events & Int16(POLLOUT) != 0 { process.proceed() }
        let isReadable = events & ~Int16(POLLOUT) != 0
        guard let current = running else {
            if isReadable { crashed(process.interrupted()) }
            return
        }
        if isReadable {
            do throws(PluginProcess.Death) {
                let answer = try process.answer(until: current.deadline)
                running = nil
                current.call.finish(.success(answer))
            } catch { crashed(error) }
        } else if current.deadline <= .now {
            crashed(process.died(process.isAsked ? "it did not answer in time" : "it did not take a call in time"))
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
            crashed(death)
        } catch PluginFault.notLoadable(let reason) {
            crashed(PluginProcess.Death(reason: reason))
        } catch { crashed(PluginProcess.Death(reason: "\(error)")) }
    }

    private func crashed(_ death: PluginProcess.Death) {
        process = nil
        switch policy.crashed(at: .now - Self.began) {
        case .again(let delay):
            nextStart = .now + delay
            note(.restarting(reason: death.reason))
        case .quarantine:
            nextStart = nil
            note(.quarantined(reason: death.reason))
        }
        guard let call = running?.call else { return }
        running = nil
        call.finish(.failure(PluginFault.crashed(death.reason)))
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
