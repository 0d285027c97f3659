import ArgumentParser
import Egress
import Foundation
import Logging
import ObjectStorage

/// The options that every program shares, each with its environment twin.
package struct InstallationOptions: ParsableArguments {
    @Option(help: "The folder with everything this installation keeps. [SEVENSALES_DATA, default ./data]")
    var data: String?

    @Option(help: "postgres://user:password@host/database; without it SQLite in the data folder. [SEVENSALES_DATABASE]")
    var database: String?

    @Option(help: "What browsers and providers call us: https://inbox.example.kz. [SEVENSALES_PUBLIC_URL]")
    var publicURL: String?

    @Option(help: "trace, debug, info, notice, warning, error or critical. [SEVENSALES_LOG_LEVEL, default info]")
    var logLevel: String?

    @Option(
        help: "A private network that outgoing requests may reach, such as 10.0.0.0/8; may be repeated. [SEVENSALES_EGRESS_ALLOW]"
    )
    var egressAllow: [String] = []

    @Option(
        help: """
            HOST=FILE: authorities, as PEM, that this host may be certified by beside the system's; *.example.ru stands for the names below
            a domain; may be repeated. MAX needs the Russian Trusted Root CA this way. [SEVENSALES_TRUST_ROOT, separated by commas]
            """
    )
    var trustRoot: [String] = []

    @Option(
        help: """
            Where files of messages are kept: s3://bucket/prefix?endpoint=https://host&region=name, with &addressing=virtual for
            Amazon; without it the data folder. The keys are SEVENSALES_FILES_ACCESS_KEY and SEVENSALES_FILES_SECRET_KEY.
            [SEVENSALES_FILES]
            """
    )
    var files: String?

    @Flag(help: "Run plugins on a kernel that cannot confine them. [SEVENSALES_UNCONFINED_PLUGINS=1]")
    var unconfinedPlugins = false

    @Option(
        help: """
            How a plugin is loaded: KIND=linked, KIND=isolated or KIND=in-process; *=isolated puts every linked one into a process of its
            own. May be repeated; goes before what sevensales plugin mode set. [SEVENSALES_PLUGIN_MODE, with commas]
            """
    )
    var pluginMode: [String] = []

    package init() {}

    /// Reads the options and their twins. Throws `StartupError` naming the option that is wrong.
    func configuration() throws -> Configuration {
        let environment = ProcessInfo.processInfo.environment
        var configuration = Configuration(data: URL(filePath: data ?? environment["SEVENSALES_DATA"] ?? "data"))
        configuration.database = database ?? environment["SEVENSALES_DATABASE"]
        configuration.publicURL = publicURL ?? environment["SEVENSALES_PUBLIC_URL"]
        if let url = configuration.publicURL, !url.hasPrefix("https://"), !url.hasPrefix("http://") {
            throw StartupError("--public-url: expected an address that begins with https:// or http://")
        }
        if let level = logLevel ?? environment["SEVENSALES_LOG_LEVEL"] {
            guard let level = Logger.Level(rawValue: level) else {
                throw StartupError(
                    "--log-level: expected one of \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            configuration.logLevel = level
        }
        let networks =
            egressAllow.isEmpty
            ? environment["SEVENSALES_EGRESS_ALLOW"].map { $0.split(separator: ",").map(String.init) } ?? [] : egressAllow
        configuration.egressAllow = try networks.map { text in
            guard let network = NetworkRange(text) else {
                throw StartupError("--egress-allow: \(text) is not a network such as 10.0.0.0/8")
            }
            return network
        }
        let roots =
            trustRoot.isEmpty
            ? environment["SEVENSALES_TRUST_ROOT"].map { $0.split(separator: ",").map(String.init) } ?? [] : trustRoot
        configuration.trustRoots = try roots.map(Self.trustRoot)
        configuration.bucket = try (files ?? environment["SEVENSALES_FILES"]).map { try Self.bucket($0, environment) }
        configuration.masterKeyText = environment["SEVENSALES_MASTER_KEY"] ?? Self.credential(environment)
        configuration.unconfinedPlugins = unconfinedPlugins || environment["SEVENSALES_UNCONFINED_PLUGINS"] == "1"
        configuration.pluginModes = try PluginModes(
            pluginMode.isEmpty
                ? environment["SEVENSALES_PLUGIN_MODE"].map { $0.split(separator: ",").map(String.init) } ?? [] : pluginMode)
        configuration.failpoint = environment["SEVENSALES_FAILPOINT"]
        return configuration
    }

    private static func trustRoot(_ text: String) throws -> TrustRoot {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2 else {
            throw StartupError("--trust-root: expected HOST=FILE such as platform-api2.max.ru=/etc/sevensales/russian-root.pem")
        }
        guard let certificates = try? String(contentsOfFile: parts[1], encoding: .utf8) else {
            throw StartupError("--trust-root: \(parts[1]) cannot be read")
        }
        guard let root = TrustRoot(host: parts[0], certificates: certificates) else {
            throw StartupError(
                "--trust-root: \(parts[0]) is no host name, or \(parts[1]) holds something else than certificates in PEM")
        }
        return root
    }

    private static func bucket(_ text: String, _ environment: [String: String]) throws -> S3Configuration {
        let form = "expected s3://bucket/prefix?endpoint=https://host&region=name"
        guard let parts = URLComponents(string: text), parts.scheme == "s3", let bucket = parts.host, parts.user == nil else {
            throw StartupError("--files: \(form)")
        }
        let given = Dictionary(
            (parts.queryItems ?? []).map { ($0.name, $0.value ?? "") }, uniquingKeysWith: { first, _ in first })
        guard Set(given.keys).isSubset(of: ["endpoint", "region", "addressing"]), let endpoint = given["endpoint"],
            let region = given["region"]
        else { throw StartupError("--files: \(form)") }
        guard
            let addressing: S3Configuration.Addressing = ["": .path, "path": .path, "virtual": .virtualHost][
                given["addressing"] ?? ""]
        else { throw StartupError("--files: addressing is path or virtual") }
        guard let access = environment["SEVENSALES_FILES_ACCESS_KEY"], let secret = environment["SEVENSALES_FILES_SECRET_KEY"]
        else {
            throw StartupError("--files: put the store's keys into SEVENSALES_FILES_ACCESS_KEY and SEVENSALES_FILES_SECRET_KEY")
        }
        let path = parts.path.split(separator: "/").joined(separator: "/")
        do {
            return try S3Configuration(
                endpoint: endpoint, region: region, bucket: bucket, prefix: path.isEmpty ? "" : path + "/",
                addressing: addressing,
                accessKey: access, secretKey: secret)
        } catch ObjectStorageError.refused(let part) { throw StartupError("--files: \(part) cannot be used") }
    }

    /// systemd's `LoadCredential=master-key:…`.
    private static func credential(_ environment: [String: String]) -> String? {
        environment["CREDENTIALS_DIRECTORY"].flatMap { try? String(contentsOfFile: "\($0)/master-key", encoding: .utf8) }
    }
}
