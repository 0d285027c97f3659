import HTTPTypes
import Kernel
import WebSupport

/// What the web interface asks first.
struct SetupRoutes: Sendable {
    let accounts: LiveAccountDirectory
    let version: String
    let isDemo: Bool

    struct Setup: Codable {
        let version: String
        let demo: Bool
        let firstRun: Bool
        let languages: [Language]
    }

    var routes: [Route] {
        [
            Route(
                .get, "/api/v1/setup", "What this installation is",
                access: .open(reason: "the sign-in page needs it; it tells nothing of any account"), scope: .none,
                response: .of(Setup.self), handler: setup)
        ]
    }

    private func setup(_ call: Call) async throws -> Reply {
        let isFirstRun = try await accounts.accounts().isEmpty
        return try Reply.json(
            Setup(version: version, demo: isDemo, firstRun: isFirstRun, languages: Language.allCases))
    }
}
