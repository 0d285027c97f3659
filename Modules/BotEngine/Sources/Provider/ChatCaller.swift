import Egress
import Kernel
import Synchronization
import Vault
import WireJSON

/// Makes calls to chat-completions endpoints: ledger, breaker, deadlines and retries.
final class ChatCaller: Sendable {
    private static let retries = 2

    private let egress: any Egress
    private let vault: Vault
    private let time: any TimeSource
    private let randomness: Randomness
    private let breaker: CircuitBreaker
    /// What each endpoint's model refused, so that it is not sent again.
    private let refused = Mutex<[String: Set<String>]>([:])

    init(egress: any Egress, vault: Vault, time: any TimeSource, randomness: Randomness) {
        (self.egress, self.vault, self.time, self.randomness) = (egress, vault, time, randomness)
        breaker = CircuitBreaker(time: time)
    }

    /// Returns a whole answer. Throws `ProviderFailure` for the last failure, `AnswererFailed` when none may be made.
    func complete(
        _ prompt: ChatPrompt, tools: ToolRegistry?, _ question: BotQuestion, budget: TurnBudget, ledger: CallLedger
    ) async throws -> (ChatCompletion, AICallID) {
        let settings = question.settings
        guard let baseURL = settings.baseURL, let host = settings.host, let model = settings.model else {
            throw AnswererFailed(code: "not_configured")
        }
        let key = try await key(of: settings, question.account)
        let endpoint = "\(question.account)/\(host)"
        var tries = 0
        while true {
            guard breaker.allows(endpoint) else { throw AnswererFailed(code: "breaker_open") }
            try budget.takeCall(at: time.uptime())
            let request = ChatRequest(
                model: model, messages: prompt.messages, tools: tools?.json, temperature: settings.temperature,
                asker: question.asker,
                dropped: refused.withLock { $0["\(endpoint)/\(model)"] ?? [] })
            let call = call(request, prompt, tools, host, ledger)
            try await ledger.begin(call)
            let start = time.uptime()
            let outcome = await attempt(
                request.egressRequest(baseURL: baseURL, host: host, key: key, account: question.account, callID: call.id))
            let latency = time.uptime() - start
            ledger.end(Self.ledgerOutcome(call, outcome, request, settings, latency))
            do {
                let completion = try outcome.result.get()
                breaker.succeeded(endpoint)
                return (completion, call.id)
            } catch let failure {
                if failure.isOutage { breaker.failed(endpoint) }
                switch failure.remedy {
                case .drop(let parameter):
                    guard refuse(parameter, by: "\(endpoint)/\(model)") else { throw failure }
                case .retry(let delay):
                    guard tries < Self.retries else { throw failure }
                    let pause = delay ?? ProviderFailure.backoff(tries, randomness)
                    guard budget.allows(waiting: pause, at: time.uptime()) else { throw failure }
                    tries += 1
                    try await time.sleep(for: pause)
                case .trim, .none: throw failure
                }
            }
        }
    }

    private func key(of settings: BotSettings, _ account: AccountID) async throws -> String? {
        guard let sealed = settings.sealedKey else { return nil }
        return try await vault.accountKey(account)
            .openText(Sealed(stored: sealed), as: SettingsEditor.sealContext(account))
    }

    /// False when it was dropped already: then something else is wrong.
    private func refuse(_ parameter: String, by model: String) -> Bool {
        refused.withLock { refused in
            if refused.count > 10_000 { refused.removeAll() }
            return refused[model, default: []].insert(parameter).inserted
        }
    }

    private func call(
        _ request: ChatRequest, _ prompt: ChatPrompt, _ tools: ToolRegistry?, _ host: String, _ ledger: CallLedger
    ) -> AICall {
        var segments = prompt.segments
        if let json = request.tools { segments.append(PromptSegment(kind: .tools, text: json.text)) }
        return AICall(
            id: AICallID(), at: time.now(), conversation: ledger.conversation, trigger: ledger.trigger,
            provider: BotSettings.Provider.openAICompatible.rawValue, model: request.model, region: host, purpose: "answer",
            segments: segments.map(\.ledgerEntry), redactions: prompt.redactions, toolsOffered: tools?.tools.map(\.name) ?? [])
    }

    // MARK: One attempt

    private struct Attempt {
        var result: Result<ChatCompletion, ProviderFailure>
        var completion = ChatCompletion()
        var requestID: String?
    }

    private func attempt(_ request: EgressRequest) async -> Attempt {
        var attempt = Attempt(result: .failure(ProviderFailure("cut")))
        do {
            let stream = try await egress.stream(request)
            failpoint("ai.call.after_send")
            attempt.requestID = stream.head.headers["x-request-id"].map { String($0.filter(\.isASCII).prefix(128)) }
            guard (200..<300).contains(stream.head.status) else {
                let body = (try? await stream.collect(upTo: 64 << 10)) ?? []
                throw ProviderFailure(status: stream.head.status, headers: stream.head.headers, body: body, now: time.now())
            }
            if stream.head.headers["content-type"]?.lowercased().hasPrefix("application/json") == true {
                try attempt.completion.take(try Self.parse(try await stream.collect(upTo: 1 << 20)))
            } else {
                try await read(stream, into: &attempt.completion)
            }
            try attempt.completion.check()
            failpoint("ai.call.after_result")
            attempt.result = .success(attempt.completion)
        } catch let failure as ProviderFailure {
            attempt.result = .failure(failure)
        } catch let error as EgressError {
            attempt.result = .failure(ProviderFailure(error, hadContent: attempt.completion.hasContent))
        } catch {
            attempt.result = .failure(ProviderFailure("cancelled"))
        }
        return attempt
    }

    private func read(_ stream: EgressStream, into completion: inout ChatCompletion) async throws {
        var isFirst = true
        for try await event in stream.events(limit: 256 << 10) {
            if isFirst { failpoint("ai.call.after_first_byte") }
            isFirst = false
            if event.data.trimmingSpaces == "[DONE]" { return }
            try completion.take(try Self.parse(Array(event.data.utf8)))
        }
    }

    private static func parse(_ bytes: [UInt8]) throws(ProviderFailure) -> JSON {
        do { return try JSON.parse(bytes, limits: JSONLimits(allowsNUL: true)) } catch {
            throw ProviderFailure("invalid_json", isOutage: true)
        }
    }

    private static func ledgerOutcome(
        _ call: AICall, _ attempt: Attempt, _ request: ChatRequest, _ settings: BotSettings, _ latency: Duration
    ) -> CallOutcome {
        let completion = attempt.completion
        var outcome = CallOutcome(id: call.id, result: .answered)
        switch attempt.result {
        case .success: outcome.result = completion.calls.isEmpty ? .answered : .toolCalls
        case .failure(let failure): (outcome.result, outcome.detail) = (.failed, failure.code)
        }
        outcome.model = completion.model
        // A stream that is cut loses its usage: what was written is billed all the same, so it is estimated.
        let wasAnswered = completion.hasContent || outcome.result != .failed
        outcome.tokensIn = completion.tokensIn ?? (wasAnswered ? PromptSegment.tokens(bytes: request.body.count) : 0)
        outcome.tokensOut = completion.tokensOut ?? PromptSegment.tokens(bytes: completion.content.utf8.count)
        outcome.cost =
            settings.cost(
                model: completion.model ?? request.model, tokensIn: outcome.tokensIn, tokensOut: outcome.tokensOut)
            ?? settings.cost(model: request.model, tokensIn: outcome.tokensIn, tokensOut: outcome.tokensOut)
        (outcome.latency, outcome.requestID) = (latency, attempt.requestID)
        return outcome
    }
}

/// What one turn may spend on its provider.
final class TurnBudget: Sendable {
    private static let calls = 4
    private static let wallClock = Duration.seconds(45)

    private let deadline: Duration
    private let made = Mutex(0)

    init(startingAt uptime: Duration) { deadline = uptime + Self.wallClock }

    /// Throws `AnswererFailed` when no further call may be made.
    func takeCall(at uptime: Duration) throws {
        guard uptime < deadline else { throw AnswererFailed(code: "deadline") }
        let made = made.withLock { made -> Int in
            made += 1
            return made
        }
        guard made <= Self.calls else { throw AnswererFailed(code: "too_many_calls") }
    }

    func allows(waiting pause: Duration, at uptime: Duration) -> Bool { uptime + pause < deadline }
}
