import Egress
import Foundation
import Testing

/// Real servers of `openssl s_server` with certificates of authorities made for the test.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl")))
final class TrustRootTests {
    private let authorities: Authorities
    private var servers: [Process] = []

    init() throws { authorities = try Authorities() }

    deinit { servers.forEach { $0.terminate() } }

    /// A server of `host` certified by `authority`; returns its port.
    private func server(_ host: String, by authority: String, isExpired: Bool = false) async throws -> Int {
        let port = Int.random(in: 20_000..<30_000)
        let (certificate, key) = try authorities.certificate(of: host, by: authority, isExpired: isExpired)
        let server = try OpenSSL.start(
            "s_server", "-accept", "127.0.0.1:\(port)", "-key", key, "-cert", certificate, "-www", "-quiet")
        servers.append(server)
        for _ in 0..<200 where !OpenSSL.isListening(port) { try await Task.sleep(for: .milliseconds(20)) }
        return port
    }

    /// A client whose system trusts the authority `system` alone, and what `roots` say.
    private func client(system: String = "system", _ roots: [TrustRoot]) -> Client {
        let file = authorities.file(system)
        return Client(configure: {
            for host in ["a.example", "b.example", "up.a.example", "evil-a.example"] { $0.addresses[host] = ["127.0.0.1"] }
            ($0.trustFile, $0.trustRoots) = (file, roots)
        })
    }

    private func root(_ host: String, _ authority: String = "extra") throws -> TrustRoot {
        try #require(TrustRoot(host: host, certificates: String(contentsOfFile: authorities.file(authority), encoding: .utf8)))
    }

    private func isRefused(_ client: Client, _ host: String, _ port: Int) async -> Bool {
        guard case .tls? = await client.failure(.test("https://\(host):\(port)/"))?.reason else { return false }
        return true
    }

    private func isAnswered(_ client: Client, _ host: String, _ port: Int) async throws -> Bool {
        try await client.egress.send(.test("https://\(host):\(port)/")).status == 200
    }

    @Test func `an extra authority certifies its host, and no other`() async throws {
        let (a, b) = (try await server("a.example", by: "extra"), try await server("b.example", by: "extra"))
        let client = client([try root("a.example")])
        #expect(try await isAnswered(client, "a.example", a))
        #expect(await isRefused(client, "b.example", b))
        // Nor does a connection of the trusted host serve the other.
        #expect(try await isAnswered(client, "a.example", a))
        #expect(await isRefused(self.client([]), "a.example", a))
    }

    @Test func `the system's authorities stay good for a host with others of its own`() async throws {
        let (a, b) = (try await server("a.example", by: "system"), try await server("b.example", by: "system"))
        let client = client([try root("a.example")])
        #expect(try await isAnswered(client, "a.example", a))
        #expect(try await isAnswered(client, "b.example", b))
    }

    @Test func `an extra authority forgives nothing else`() async throws {
        let (wrongName, expired) = (
            try await server("b.example", by: "extra"), try await server("a.example", by: "extra", isExpired: true)
        )
        let client = client([try root("a.example")])
        #expect(await isRefused(client, "a.example", wrongName))
        #expect(await isRefused(client, "a.example", expired))
        let stranger = try await server("a.example", by: "stranger")
        #expect(await isRefused(client, "a.example", stranger))
    }

    @Test func `a star stands for the names below a domain`() async throws {
        let client = client([try root("*.a.example")])
        let (below, itself, similar) = (
            try await server("up.a.example", by: "extra"), try await server("a.example", by: "extra"),
            try await server("evil-a.example", by: "extra")
        )
        #expect(try await isAnswered(client, "up.a.example", below))
        #expect(await isRefused(client, "a.example", itself))
        #expect(await isRefused(client, "evil-a.example", similar))
    }

    @Test func `what is no certificate, or covers too much, is no root`() throws {
        let pem = try String(contentsOfFile: authorities.file("extra"), encoding: .utf8)
        #expect(TrustRoot(host: "Platform-API2.max.ru", certificates: pem)?.host == "platform-api2.max.ru")
        #expect(TrustRoot(host: "127.0.0.1", certificates: pem + pem) != nil)
        for host in ["", "*", "*.", "*.ru", "*.*.ru", "a b", "a/b", "https://a.example", ".a.example", "a.example:443"] {
            #expect(TrustRoot(host: host, certificates: pem) == nil, "\(host)")
        }
        let key = try String(contentsOfFile: authorities.file("extra", ".key"), encoding: .utf8)
        for text in ["", "x", pem.replacing("M", with: "!"), String(pem.dropLast(40)), key, pem + key] {
            #expect(TrustRoot(host: "a.example", certificates: text) == nil)
        }
    }
}

/// Three authorities with the same rights: `system`, `extra` and `stranger`.
private final class Authorities {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "egress-roots-\(UUID())")
    private var count = 0

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for name in ["system", "extra", "stranger"] {
            try OpenSSL.run(
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", file(name, ".key"),
                "-out",
                file(name), "-days", "2", "-subj", "/CN=\(name) authority", "-addext", "basicConstraints=critical,CA:TRUE")
        }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func file(_ name: String, _ ending: String = ".pem") -> String { folder.appending(path: name + ending).path }

    func certificate(of host: String, by authority: String, isExpired: Bool) throws -> (certificate: String, key: String) {
        count += 1
        let (name, extensions) = ("leaf\(count)", file("leaf\(count)", ".ext"))
        try "subjectAltName=DNS:\(host)\n".write(toFile: extensions, atomically: true, encoding: .utf8)
        try OpenSSL.run(
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", file(name, ".key"), "-out",
            file(name, ".csr"), "-subj", "/CN=\(host)")
        // It begins and ends now less a day.
        let days = isExpired ? ["-days", "-1"] : ["-days", "2"]
        try OpenSSL.run(
            [
                "x509", "-req", "-in", file(name, ".csr"), "-CA", file(authority), "-CAkey", file(authority, ".key"),
                "-CAcreateserial", "-out",
                file(name), "-extfile", extensions,
            ] + days)
        return (file(name), file(name, ".key"))
    }
}

private enum OpenSSL {
    static func run(_ arguments: String...) throws { try run(arguments) }

    static func run(_ arguments: [String]) throws {
        let process = try begin(arguments)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
    }

    static func start(_ arguments: String...) throws -> Process { try begin(arguments) }

    private static func begin(_ arguments: [String]) throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/openssl")
        process.arguments = arguments
        (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
        try process.run()
        return process
    }

    /// Whether something listens at 127.0.0.1: its table of the kernel says so, and no connection disturbs it.
    static func isListening(_ port: Int) -> Bool {
        let place = "0100007F:" + String(format: "%04X", port)
        let table = (try? String(contentsOfFile: "/proc/net/tcp", encoding: .utf8)) ?? ""
        return table.split(separator: "\n").contains { $0.contains(" \(place) ") && $0.contains(" 0A ") }
    }
}
