import Hummingbird
import Logging

// NoopServer PORT: a route that does nothing, on 127.0.0.1. Its rate is the most that any Hummingbird server reaches on this machine
// beside the same load generator.
let port = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 8_099
let router = Router()
router.post("/noop") { request, _ in
    _ = try await request.body.collect(upTo: 1 << 20)
    return "{}"
}
let application = Application(
    router: router, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port)),
    logger: Logger(label: "noop") { _ in SwiftLogNoOpLogHandler() })
try await application.runService()
