import CCurl
import Foundation
import Glibc
import Kernel
import Synchronization

/// The thread that owns curl's multi handle and every transfer in it. All other threads only leave commands.
final class CurlLoop: @unchecked Sendable {
    struct Limits: Sendable {
        let perHost: Int
        let total: Int
        let waiting: Int
    }

    private enum Command {
        case start(CurlTransfer)
        case cancel(CurlTransfer)
        case resume(CurlTransfer)
        /// Ends what still runs after the given nanoseconds.
        case stop(after: UInt64, CheckedContinuation<Void, Never>?)
    }

    private struct Inbox {
        var commands: [Command] = []
        var isOpen = true
    }

    private let multi: UnsafeMutableRawPointer?
    private let inbox = Mutex(Inbox())
    private let limits: Limits
    private let setup: CurlSetup
    private let time: any TimeSource
    private let observer: @Sendable (EgressLogEntry) -> Void

    // Only the thread below touches these.
    private var active: [ObjectIdentifier: CurlTransfer] = [:]
    private var waiting: [CurlTransfer] = []
    private var perHost: [String: Int] = [:]
    private var spare: [UnsafeMutableRawPointer] = []
    private var stopAt: UInt64?
    private var stopped: [CheckedContinuation<Void, Never>] = []
    private var lastSweep: UInt64 = 0

    init(
        limits: Limits, setup: CurlSetup, time: any TimeSource, observer: @escaping @Sendable (EgressLogEntry) -> Void
    ) {
        (self.limits, self.setup, self.time, self.observer) = (limits, setup, time, observer)
        multi = Self.isInitialized ? curl_multi_init() : nil
        if let multi {
            _ = ccurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, limits.total)
        }
        let thread = Thread { [self] in run() }
        thread.name = "egress"
        thread.start()
    }

    /// curl's global state, once in the process.
    private static let isInitialized = curl_global_init(Int(CURL_GLOBAL_ALL)) == CURLE_OK

    // MARK: Any thread

    func submit(_ transfer: CurlTransfer) {
        if !post(.start(transfer)) { transfer.sink.end(.failure(EgressError(.busy))) }
    }

    func cancel(_ transfer: CurlTransfer) { _ = post(.cancel(transfer)) }
    func resume(_ transfer: CurlTransfer) { _ = post(.resume(transfer)) }

    /// Takes nothing new, lets what runs finish within `grace`, cancels the rest, ends the thread.
    func stop(grace: Duration) async {
        await withCheckedContinuation { continuation in
            if !post(.stop(after: CurlClock.nanoseconds(grace), continuation)) { continuation.resume() }
        }
    }

    /// Cancels everything and ends the thread, without waiting for it.
    func abandon() { _ = post(.stop(after: 0, nil)) }

    private func post(_ command: Command) -> Bool {
        inbox.withLock { inbox in
            guard inbox.isOpen else { return false }
            inbox.commands.append(command)
            // A command that is waiting already has woken the thread.
            if inbox.commands.count == 1, let multi { _ = curl_multi_wakeup(multi) }
            return true
        }
    }

    // MARK: The thread

    private func run() {
        // A peer that closes must not end the process: the write's error says it. Only this thread writes to sockets.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        while turn() {}
        close()
    }

    private func turn() -> Bool {
        let commands = inbox.withLock { inbox in
            defer { inbox.commands.removeAll(keepingCapacity: true) }
            return inbox.commands
        }
        commands.forEach(handle)
        guard let multi else {
            refuseWaiting()
            usleep(10_000)
            return stopAt == nil
        }
        var running: Int32 = 0
        _ = curl_multi_perform(multi, &running)
        reap(multi)
        admit(multi)
        let now = CurlClock.now()
        if now - lastSweep >= 20_000_000 { sweep(now) }
        if let stopAt {
            if now >= stopAt { active.values.forEach { abort($0, .cancelled) } }
            if active.isEmpty { return false }
        }
        let isIdle = active.isEmpty && waiting.isEmpty
        _ = curl_multi_poll(multi, nil, 0, isIdle ? 60_000 : 50, nil)
        return true
    }

    private func handle(_ command: Command) {
        switch command {
        case .start(let transfer):
            transfer.startedAt = time.now()
            if transfer.isCancelled {
                abort(transfer, .cancelled)
            } else if stopAt != nil || waiting.count >= limits.waiting {
                abort(transfer, .busy)
            } else {
                waiting.append(transfer)
            }
        case .cancel(let transfer):
            transfer.isCancelled = true
            if active[ObjectIdentifier(transfer)] != nil {
                abort(transfer, .cancelled)
            } else if let index = waiting.firstIndex(where: { $0 === transfer }) {
                waiting.remove(at: index)
                abort(transfer, .cancelled)
            }
        case .resume(let transfer):
            guard active[ObjectIdentifier(transfer)] != nil, transfer.isPaused, let easy = transfer.easy else { return }
            (transfer.isPaused, transfer.lastProgress) = (false, CurlClock.now())
            _ = curl_easy_pause(easy, CURLPAUSE_CONT)
        case .stop(let after, let continuation):
            let end = CurlClock.now() &+ after
            stopAt = min(stopAt ?? end, end)
            if let continuation { stopped.append(continuation) }
            refuseWaiting()
        }
    }

    /// Starts what waits, oldest first, where the host and the total have a free place.
    private func admit(_ multi: UnsafeMutableRawPointer) {
        guard !waiting.isEmpty, active.count < limits.total else { return }
        var left: [CurlTransfer] = []
        for transfer in waiting {
            let host = transfer.place
            guard active.count < limits.total, perHost[host, default: 0] < limits.perHost else {
                left.append(transfer)
                continue
            }
            transfer.easy = spare.popLast() ?? curl_easy_init()
            transfer.admitted = CurlClock.now()
            active[ObjectIdentifier(transfer)] = transfer
            perHost[host, default: 0] += 1
            guard let easy = transfer.easy, setup.apply(transfer, to: easy),
                curl_multi_add_handle(multi, easy) == CURLM_OK
            else {
                abort(transfer, .busy)
                continue
            }
        }
        waiting = left
    }

    private func reap(_ multi: UnsafeMutableRawPointer) {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle,
                let transfer = CurlTransfer.from(ccurl_get_private(easy))
            else { continue }
            finish(transfer, message.pointee.data.result)
        }
    }

    private func sweep(_ now: UInt64) {
        lastSweep = now
        for transfer in active.values {
            transfer.noteUpload(at: now)
            if let phase = transfer.expiredPhase(at: now) { abort(transfer, .timeout(phase)) }
        }
        let late = waiting.filter { $0.expiredPhase(at: now) == .total }
        guard !late.isEmpty else { return }
        waiting.removeAll { waiter in late.contains { $0 === waiter } }
        late.forEach { abort($0, .busy) }
    }

    private func refuseWaiting() {
        let refused = waiting
        waiting = []
        refused.forEach { abort($0, .busy) }
    }

    private func finish(_ transfer: CurlTransfer, _ code: CURLcode) {
        end(transfer, code == CURLE_OK ? nil : CurlOutcome(transfer).error(code, transfer))
    }

    private func abort(_ transfer: CurlTransfer, _ reason: EgressError.Reason) {
        end(transfer, EgressError(reason, CurlOutcome(transfer).delivery))
    }

    /// Takes the transfer out of curl, tells the observer, then the caller.
    private func end(_ transfer: CurlTransfer, _ error: EgressError?) {
        let outcome = CurlOutcome(transfer)
        if active.removeValue(forKey: ObjectIdentifier(transfer)) != nil {
            let count = perHost[transfer.place, default: 1] - 1
            perHost[transfer.place] = count > 0 ? count : nil
        }
        if let easy = transfer.easy {
            if let multi { _ = curl_multi_remove_handle(multi, easy) }
            transfer.easy = nil
            curl_easy_reset(easy)
            if spare.count < limits.total { spare.append(easy) } else { curl_easy_cleanup(easy) }
        }
        transfer.lists.forEach { curl_slist_free_all($0) }
        transfer.lists = []
        observer(
            EgressLogEntry(
                at: transfer.startedAt, purpose: transfer.job.purpose, account: transfer.job.account,
                host: transfer.job.target.host, ip: transfer.remoteAddress, bytesOut: outcome.bytesOut,
                bytesIn: outcome.bytesIn, status: outcome.status == 0 ? nil : outcome.status,
                duration: .nanoseconds(Int64(CurlClock.now() - transfer.submitted)), error: error))
        transfer.sink.end(error.map { .failure($0) } ?? .success(outcome.timings))
    }

    private func close() {
        let late = inbox.withLock { inbox in
            defer { inbox = Inbox(commands: [], isOpen: false) }
            return inbox.commands
        }
        late.forEach(handle)
        refuseWaiting()
        spare.forEach { curl_easy_cleanup($0) }
        spare = []
        if let multi { _ = curl_multi_cleanup(multi) }
        stopped.forEach { $0.resume() }
        stopped = []
    }
}

extension CurlTransfer {
    /// What the limit of simultaneous requests is counted by.
    fileprivate var place: String { "\(job.target.host):\(job.target.port)" }

    /// A long upload is progress: the first byte of the answer cannot come before its end.
    fileprivate func noteUpload(at now: UInt64) {
        guard firstByte == 0, connected != 0, let easy else { return }
        var count: curl_off_t = 0
        guard ccurl_get_offset(easy, CURLINFO_SIZE_UPLOAD_T, &count) == CURLE_OK, count > uploaded else { return }
        (uploaded, lastProgress) = (count, now)
    }
}
