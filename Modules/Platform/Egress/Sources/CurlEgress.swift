package import Kernel

/// The live way out: libcurl behind the guard.
package final class CurlEgress: Egress {
    package struct Configuration: Sendable {
        package var policy: EgressPolicy
        /// Requests at one time to one host and port, streams included.
        package var perHost = 6
        /// Requests at one time.
        package var total = 64
        /// Requests that wait for a place; one more throws `busy`.
        package var waiting = 1_000
        /// A file of PEM certificates to trust in place of the system's.
        package var trustFile: String?
        /// What the hosts that it names may be signed by beside that; no other host gains by it.
        package var trustRoots: [TrustRoot] = []
        /// Addresses of names, in place of the resolver's answers. The guard checks them like any other.
        package var addresses: [String: [String]] = [:]

        package init(policy: EgressPolicy = EgressPolicy()) { self.policy = policy }
    }

    private let configuration: Configuration
    private let register: any EgressRegister
    private let time: any TimeSource
    private let observer: @Sendable (EgressLogEntry) -> Void
    private let loop: CurlLoop

    /// `observer` hears of every attempt, before its caller does, on the client's own thread: it must not wait.
    package init(
        _ configuration: Configuration = Configuration(), register: any EgressRegister,
        time: any TimeSource = SystemTime(), observer: @escaping @Sendable (EgressLogEntry) -> Void = { _ in }
    ) {
        (self.configuration, self.register, self.time, self.observer) = (configuration, register, time, observer)
        loop = CurlLoop(
            limits: .init(
                perHost: max(1, configuration.perHost), total: max(1, configuration.total),
                waiting: max(1, configuration.waiting)),
            setup: CurlSetup(
                trustFile: configuration.trustFile,
                trust: TrustStore(configuration.trustRoots, systemFile: configuration.trustFile),
                addresses: configuration.addresses), time: time,
            observer: observer)
    }

    deinit { loop.abandon() }

    package func send(_ request: EgressRequest) async throws -> EgressResponse {
        try await following(request, isStream: false, head: \.head) { try await self.response(to: $0) }
    }

    package func stream(_ request: EgressRequest) async throws -> EgressStream {
        try await following(request, isStream: true, head: \.head) { job in
            let mailbox = ByteMailbox()
            let transfer = CurlTransfer(job, policy: self.configuration.policy, sink: mailbox)
            let lease = TransferLease(transfer, self.loop, owner: self)
            let head = try await self.run(transfer) { mailbox.expect($0) }
            return EgressStream(head: head) {
                try await withTaskCancellationHandler {
                    try await mailbox.next { lease.resume() }
                } onCancel: {
                    lease.cancel()
                }
            }
        }
    }

    package func sendMail(_ mail: EgressMail) async throws {
        let (server, message) = (mail.server, mail.message)
        let target = try await guarding(mail.purpose, mail.account) {
            guard [server.username, server.password].allSatisfy({ $0?.utf8.allSatisfy { $0 >= 32 } != false }) else {
                throw EgressError(.invalidRequest("mail log-in"))
            }
            let target = try EgressTarget(
                mailServer: server, clientName: message.from.domain, policy: self.configuration.policy)
            try await self.checkRegister(target, mail.purpose, mail.account)
            return target
        }
        let work = CurlJob.Mail(
            from: message.from.address, to: message.to.map(\.address), message: message.encoded, server: server)
        _ = try await response(
            to: CurlJob(
                target: target, purpose: mail.purpose, account: mail.account, deadlines: mail.deadlines,
                work: .mail(work)))
    }

    /// Takes nothing new, lets what runs finish within `grace` and cancels the rest. Returns when the thread has ended.
    package func shutdown(grace: Duration = .seconds(5)) async { await loop.stop(grace: grace) }

    // MARK: One attempt

    private func response(to job: CurlJob) async throws -> EgressResponse {
        let collector = BodyCollector()
        return try await run(CurlTransfer(job, policy: configuration.policy, sink: collector)) { collector.expect($0) }
    }

    /// Submits `transfer` once its sink holds the continuation; the sink resumes it.
    private func run<Result>(
        _ transfer: CurlTransfer, expecting: (CheckedContinuation<Result, any Error>) -> Void
    ) async throws -> Result {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                expecting(continuation)
                loop.submit(transfer)
            }
        } onCancel: {
            loop.cancel(transfer)
        }
    }

    // MARK: Guard and redirects

    /// Performs `attempt` at the request's address and then at every one it is redirected to, each checked like the first.
    private func following<Answer>(
        _ request: EgressRequest, isStream: Bool, head: (Answer) -> EgressHead,
        attempt: (CurlJob) async throws -> Answer
    ) async throws -> Answer {
        let clock = ContinuousClock()
        let end = clock.now.advanced(by: request.deadlines.total)
        var hop = try await guarding(request.purpose, request.account) {
            let hop = try RequestHop(request, policy: self.configuration.policy)
            try await self.checkRegister(hop.target, request.purpose, request.account)
            return hop
        }
        var followed = 0
        var isAnswered = false
        do {
            while true {
                let left = max(.zero, clock.now.duration(to: end))
                let answer = try await attempt(hop.job(isStream: isStream, within: left, at: time.now()))
                isAnswered = true
                let next = try await guarding(request.purpose, request.account) { [hop] in
                    var next = hop
                    guard try next.follow(head(answer), after: followed) else { return RequestHop?.none }
                    try await self.checkRegister(next.target, request.purpose, request.account)
                    return next
                }
                guard let next else { return answer }
                (hop, followed) = (next, followed + 1)
            }
        } catch let error as EgressError where isAnswered {
            throw EgressError(error.reason, .maybeSent)
        }
    }

    private func checkRegister(_ target: EgressTarget, _ purpose: EgressPurpose, _ account: AccountID?) async throws {
        guard !purpose.allowsAnyHost else { return }
        let isDeclared: Bool
        do { isDeclared = try await register.declares(host: target.host, for: purpose, account: account) } catch {
            // The database is away: that is no verdict on the host.
            throw EgressError(.busy)
        }
        guard isDeclared else { throw EgressError(.blocked(.undeclaredHost(target.host))) }
    }

    /// What is refused before any connection is an attempt too, and logged.
    private func guarding<Value>(
        _ purpose: EgressPurpose, _ account: AccountID?, _ check: () async throws -> Value
    ) async throws -> Value {
        do { return try await check() } catch let error as EgressError {
            var host = ""
            if case .blocked(.undeclaredHost(let name)) = error.reason { host = name }
            observer(
                EgressLogEntry(
                    at: time.now(), purpose: purpose, account: account, host: host, ip: nil, bytesOut: 0, bytesIn: 0,
                    status: nil, duration: .zero, error: error))
            throw error
        }
    }
}
