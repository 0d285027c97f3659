import Egress
package import ArgumentParser
import Foundation
import Kernel
import Logging

/// `sevensales-server`.
package struct ServerCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "sevensales-server", abstract: "Serves the inbox, the API, webhooks and web chats, and runs the jobs.",
        version: Bootstrap.Configuration.version)

    @OptionGroup var options: InstallationOptions

    @Option(help: "Where to listen. [SEVENSALES_LISTEN, default 127.0.0.1:8080]")
    var listen: String?

    @Flag(help: "Makes a sample company on the first start and prints a link to its inbox. [SEVENSALES_DEMO]")
    var demo = false

    @Option(help: "Serve the web interface from this folder instead of the program itself. [SEVENSALES_WEB_DIR]")
    var webDir: String?

    @Option(help: "PEM file of the certificate chain. [SEVENSALES_TLS_CERT]")
    var tlsCert: String?

    @Option(help: "PEM file of the certificate's key. [SEVENSALES_TLS_KEY]")
    var tlsKey: String?

    package init() {}

    package func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        var configuration = try options.configuration()
        let address = listen ?? environment["SEVENSALES_LISTEN"] ?? "127.0.0.1:8080"
        guard let colon = address.lastIndex(of: ":"), let port = Int(address[address.index(after: colon)...]),
            (0..<65_536).contains(port),
            colon != address.startIndex
        else { throw StartupError("--listen: expected HOST:PORT, got \(address)") }
        configuration.host = String(address[..<colon]).trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
        configuration.port = port
        configuration.isDemo = demo || environment["SEVENSALES_DEMO"].map { $0 != "0" && !$0.isEmpty } ?? false
        configuration.webFolder = (webDir ?? environment["SEVENSALES_WEB_DIR"]).map { URL(filePath: $0) }
        configuration.certificate = tlsCert ?? environment["SEVENSALES_TLS_CERT"]
        configuration.key = tlsKey ?? environment["SEVENSALES_TLS_KEY"]
        guard (configuration.certificate == nil) == (configuration.key == nil) else {
            throw StartupError("--tls-cert and --tls-key belong together: give both or none")
        }
        let logger = Program.logger(configuration.logLevel)
        let server = try await Server(configuration, logger: logger) { logger.info("\($0)") }
        if !configuration.egressAllow.isEmpty {
            let networks = configuration.egressAllow.map(\.description).joined(separator: ", ")
            logger.warning("outgoing requests may reach private networks", metadata: ["networks": "\(networks)"])
        }
        let data = configuration.data.path
        try await server.run { address, link in
            Program.say("SevenSales \(Bootstrap.Configuration.version) listens on \(address)")
            Program.say("data: \(data) (keep master.key safe and apart from backups: without it the data cannot be read)")
            if let link { Program.say("open this link once to sign in: \(link)") }
        }
    }
}

/// `sevensales-worker`.
package struct WorkerCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "sevensales-worker", abstract: "Runs jobs beside a server, on the same database and master key.",
        version: Bootstrap.Configuration.version)

    @OptionGroup var options: InstallationOptions

    package init() {}

    package func run() async throws {
        let configuration = try options.configuration()
        let worker = try await Worker(configuration, logger: Program.logger(configuration.logLevel))
        try await worker.run { Program.say("worker is ready") }
    }
}
