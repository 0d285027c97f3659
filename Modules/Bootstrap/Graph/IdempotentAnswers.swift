import Kernel
import Persistence
import Vault
import WebSupport

/// The web layer's memory of answers, in the application's own database.
struct IdempotentAnswers: AnswerMemory {
    let answers: RememberedAnswers

    func begin(_ key: String, of principal: Principal, request: [UInt8]) async throws -> RememberedAnswer {
        let finding = try await answers.begin(
            key, of: Self.name(principal), request: Digest.sha256(request), account: principal.account)
        return switch finding {
        case .new: .new
        case .unfinished(let since): .unfinished(since: since)
        case .answered(let answer): .answered(answer)
        case .differs: .differs
        }
    }

    func finish(_ key: String, of principal: Principal, answer: [UInt8]) async throws {
        try await answers.finish(key, of: Self.name(principal), answer: answer, account: principal.account)
    }

    func forget(_ key: String, of principal: Principal) async throws {
        try await answers.forget(key, of: Self.name(principal), account: principal.account)
    }

    private static func name(_ principal: Principal) -> String { "\(principal.actor.kind)/\(principal.actor.reference ?? "")" }
}
