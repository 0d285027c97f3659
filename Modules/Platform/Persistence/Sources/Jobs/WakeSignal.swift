package import Kernel
import Synchronization

/// Tells the job runner that there is something to do. Any number of signals before the runner looks count as one.
///
/// Whoever waits polls now and then as well: with several waiters, a signal may pass one that is busy.
package final class WakeSignal: Sendable {
    private struct State {
        var signalled = false
        var serial = 0
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Mutex(State())
    private let observers = Mutex<[@Sendable () -> Void]>([])

    package init() {}

    /// There is a job to run now.
    package func wake() {
        wakeHere()
        tellOthers()
    }

    /// Other processes have something to look at; this one has nothing to do.
    func tellOthers() { for observer in observers.withLock({ $0 }) { observer() } }

    /// As `wake`, without telling other processes: they told us.
    func wakeHere() {
        let waiters = state.withLock { state in
            state.signalled = true
            defer { state.waiters = [:] }
            return state.waiters.values
        }
        for waiter in waiters { waiter.resume() }
    }

    /// A job was queued for later: the runner looks anew at when the next one is due.
    package func reschedule() { wake() }

    /// Calls `observer` on each signal; used to tell other processes.
    package func observe(_ observer: @escaping @Sendable () -> Void) { observers.withLock { $0.append(observer) } }

    /// Returns when signalled since the last return, or when the task is cancelled.
    func wait() async {
        let key = state.withLock { state in
            state.serial += 1
            return state.serial
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let ready = state.withLock { state -> Bool in
                    if state.signalled || Task.isCancelled { return true }
                    state.waiters[key] = continuation
                    return false
                }
                if ready { continuation.resume() }
            }
            state.withLock { $0.signalled = false }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: key) }?.resume()
        }
    }

    /// Returns when signalled or after `delay`, whichever comes first.
    package func waitOrSleep(_ delay: Duration, _ time: any TimeSource) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.wait() }
            group.addTask { try? await time.sleep(for: delay) }
            await group.next()
            group.cancelAll()
        }
    }
}
