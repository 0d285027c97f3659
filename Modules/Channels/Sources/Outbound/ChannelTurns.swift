import Kernel
import Persistence
import PluginHost
import Synchronization
import Vault

/// Lets one operation of a channel at a time talk to its provider, where the plugin asks for it (`isSerial`).
///
/// Within this process operations stand in line; between processes a row of the database says whose turn it is. The row of a process that
/// died is freed once it has stood still, by the waiter's own monotonic clock, for as long as its request could have taken.
final class ChannelTurns: Sendable {
    private struct Line {
        var waiting: [(number: Int, continuation: CheckedContinuation<Bool, Never>)] = []
    }

    private struct State {
        /// Of channels with an operation under way.
        var lines: [ChannelID: Line] = [:]
        var number = 0
    }

    /// More of them would only fill this process's jobs: they come again when the line is shorter.
    private static let longestLine = 16
    private static let pause = Duration.milliseconds(50)
    /// Beside its request's own limit, what a living process needs at most to go on.
    private static let grace = Duration.seconds(15)

    private let database: any Database
    private let time: any TimeSource
    private let state = Mutex(State())

    init(database: any Database, time: any TimeSource) { (self.database, self.time) = (database, time) }

    /// Runs `operation` once it is its turn; it says `ready` before each of its requests.
    ///
    /// Throws `Problem.unavailable` before anything was done when too many wait already.
    func alone<Value: Sendable>(
        _ channel: OpenChannel, _ operation: (ChannelTurn) async throws -> Value
    ) async throws -> Value {
        guard channel.driver.description.capabilities.isSerial else { return try await operation(ChannelTurn(ready: { _ in })) }
        let token = try Token().text
        let isHeld = Atomic(false)
        guard try await enter(channel.id) else { throw CancellationError() }
        defer { leave(channel.id) }
        let turn = ChannelTurn { [self] lasts in
            try await take(channel, token, lasts: lasts)
            isHeld.store(true, ordering: .relaxed)
        }
        let result: Result<Value, any Error>
        do { result = .success(try await operation(turn)) } catch { result = .failure(error) }
        if isHeld.load(ordering: .relaxed) { await release(channel, token) }
        return try result.get()
    }

    // MARK: The line of this process

    /// False when the task was cancelled while it waited.
    private func enter(_ channel: ChannelID) async throws -> Bool {
        let number = try state.withLock { state -> Int? in
            guard let line = state.lines[channel] else {
                state.lines[channel] = Line()
                return nil
            }
            guard line.waiting.count < Self.longestLine else {
                throw Problem.unavailable("Too many requests of this channel wait for its provider.")
            }
            state.number &+= 1
            return state.number
        }
        guard let number else { return true }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isFree = state.withLock { state -> Bool in
                    // The line may have ended meanwhile.
                    guard state.lines[channel] != nil else {
                        state.lines[channel] = Line()
                        return true
                    }
                    state.lines[channel]?.waiting.append((number, continuation))
                    return false
                }
                if isFree { continuation.resume(returning: true) } else if Task.isCancelled { giveUp(number, channel) }
            }
        } onCancel: {
            giveUp(number, channel)
        }
    }

    private func giveUp(_ number: Int, _ channel: ChannelID) {
        let waiter = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            guard let index = state.lines[channel]?.waiting.firstIndex(where: { $0.number == number }) else { return nil }
            return state.lines[channel]?.waiting.remove(at: index).continuation
        }
        waiter?.resume(returning: false)
    }

    private func leave(_ channel: ChannelID) {
        let next = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            guard let line = state.lines[channel], !line.waiting.isEmpty else {
                state.lines[channel] = nil
                return nil
            }
            return state.lines[channel]?.waiting.removeFirst().continuation
        }
        next?.resume(returning: true)
    }

    // MARK: The other processes

    private func take(_ channel: OpenChannel, _ token: String, lasts: Duration) async throws {
        let (id, account) = (channel.id, channel.account)
        var seen: (holder: TurnStore.Holder, since: Duration)?
        while true {
            let taking = try await database.write(in: account) {
                try TurnStore(transaction: $0).take(id, account: account, token: token, lasts: lasts)
            }
            switch taking {
            case .taken: return
            case .freed: continue
            case .held(let holder):
                guard let known = seen, known.holder == holder else {
                    seen = (holder, time.uptime())
                    break
                }
                if time.uptime() - known.since > holder.lasts + Self.grace {
                    try await database.write(in: account) {
                        try TurnStore(transaction: $0).end(holder, of: id, account: account)
                    }
                }
            }
            try await time.sleep(for: Self.pause)
        }
    }

    /// A turn that stays because the database is away ends by itself.
    private func release(_ channel: OpenChannel, _ token: String) async {
        let (id, account) = (channel.id, channel.account)
        try? await database.write(in: account) {
            try TurnStore(transaction: $0).release(id, account: account, token: token)
        }
    }
}

/// An operation's turn at its provider.
struct ChannelTurn: Sendable {
    /// Waits until a request of at most this length may leave. Nothing of it has left when it throws.
    let ready: @Sendable (Duration) async throws -> Void
}
