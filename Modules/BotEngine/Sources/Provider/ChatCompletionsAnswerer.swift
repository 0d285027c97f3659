import Egress
import Kernel
import Logging
import Vault
import WireJSON

/// Answers through any OpenAI-compatible endpoint: passages in, an answer with citations out, tools in between.
struct ChatCompletionsAnswerer: Answerer {
    private static let mostToolCalls = 8
    private static let mostRepeats = 2

    private let caller: ChatCaller
    private let time: any TimeSource
    private let randomness: Randomness
    private let logger: Logger
    private let tools = ToolRegistry.standard

    init(egress: any Egress, vault: Vault, time: any TimeSource, randomness: Randomness, logger: Logger) {
        caller = ChatCaller(egress: egress, vault: vault, time: time, randomness: randomness)
        (self.time, self.randomness, self.logger) = (time, randomness, logger)
    }

    func draft(_ question: BotQuestion, ledger: CallLedger) async throws -> Draft {
        let budget = TurnBudget(startingAt: time.uptime())
        do {
            return try await converse(question, isTrimmed: false, budget, ledger)
        } catch let failure as ProviderFailure {
            return try await second(after: failure, question, budget, ledger)
        }
    }

    private func second(
        after failure: ProviderFailure, _ question: BotQuestion, _ budget: TurnBudget, _ ledger: CallLedger
    ) async throws -> Draft {
        logger.warning("the AI provider failed", metadata: ["code": "\(failure.code)", "account": "\(question.account)"])
        if failure.code == "refusal" { return .handOff(.noAnswer, "refusal") }
        guard failure.remedy == .trim else { throw AnswererFailed(code: failure.code) }
        do { return try await converse(question, isTrimmed: true, budget, ledger) } catch let failure as ProviderFailure {
            throw AnswererFailed(code: failure.code)
        }
    }

    private func converse(
        _ question: BotQuestion, isTrimmed: Bool, _ budget: TurnBudget, _ ledger: CallLedger
    ) async throws -> Draft {
        var prompt = ChatPrompt(
            question, role: Self.instructionRole(question.settings.host), fence: Fence(randomness), isTrimmed: isTrimmed)
        var used = ToolUse()
        while true {
            let offered = used.total < Self.mostToolCalls ? tools : nil
            let (completion, call) = try await caller.complete(
                prompt, tools: offered, question, budget: budget, ledger: ledger)
            guard !completion.calls.isEmpty else { return Self.draft(completion.content, prompt) }
            prompt.appendCalls(completion.calls, said: completion.content)
            for request in completion.calls {
                let result = try await run(request, question, &used)
                ledger.addTool(used.last, to: call)
                if case .handOver(let reason) = result { return .handOff(reason, "hand_over") }
                prompt.appendResult(result, of: request)
            }
        }
    }

    /// The vendor's own models take instructions from `developer`; others may know only `system`.
    private static func instructionRole(_ host: String?) -> ChatMessage.Role {
        host == "api.openai.com" ? .developer : .system
    }

    private static func draft(_ content: String, _ prompt: ChatPrompt) -> Draft {
        let marked = CitationMarkers(UntrustedText.clean(content, limit: ChatCompletion.longestContent), sources: prompt.sources)
        guard !marked.text.isEmpty else { return .handOff(.noAnswer, "empty answer") }
        var statements = marked.statements
        // A citation of nothing is a claim of support that does not exist.
        if let sentence = marked.unresolved { statements = [.init(text: sentence, sources: [])] }
        return Draft(body: .answer, text: marked.text, citations: marked.citations, statements: statements)
    }

    // MARK: Tools

    private struct ToolUse {
        var total = 0
        var seen: [ToolCall: Int] = [:]
        var invalid = 0
        var last = CallTool(name: "", argsSha256: "", decision: "")
    }

    private func run(_ request: ToolCall, _ question: BotQuestion, _ used: inout ToolUse) async throws -> ToolResult {
        failpoint("tool.exec.before")
        used.total += 1
        let same = ToolCall(id: "", name: request.name, arguments: request.arguments)
        used.seen[same, default: 0] += 1
        func decided(_ decision: String) {
            used.last = CallTool(
                name: String(request.name.prefix(64)), argsSha256: Digest.sha256(request.arguments).hex, decision: decision)
        }
        guard used.total <= Self.mostToolCalls else {
            decided("limit")
            return .failed("No further tool calls are allowed. Answer now.")
        }
        guard used.seen[same, default: 0] <= Self.mostRepeats else {
            decided("repeated")
            return .failed("This was asked already.")
        }
        guard let tool = tools[request.name] else {
            decided("unknown")
            return try invalid("There is no such tool.", &used)
        }
        guard let arguments = (try? JSON.parse(request.arguments))?.object else {
            decided("invalid_arguments")
            return try invalid("The arguments are no JSON object.", &used)
        }
        do {
            let result = try await tool.run(arguments, for: question)
            decided("allowed")
            failpoint("tool.exec.after_effect")
            return result
        } catch let error as InvalidArguments {
            decided("invalid_arguments")
            return try invalid(error.reason, &used)
        }
    }

    /// The model is told once; a second time it is not worth the money.
    private func invalid(_ reason: String, _ used: inout ToolUse) throws -> ToolResult {
        used.invalid += 1
        guard used.invalid < 2 else { throw AnswererFailed(code: "invalid_tool_arguments") }
        return .failed(reason)
    }
}
