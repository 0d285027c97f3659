import Egress
import Foundation
import Testing

/// Against `openssl s_server`, which every machine that builds this has beside the library.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl")))
final class TLSTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "egress-tls-\(UUID())")
    private let server = Process()
    private let port = Int.random(in: 20_000..<30_000)
    private var certificate: String { folder.appending(path: "cert.pem").path }

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let key = folder.appending(path: "key.pem").path
        let maker = Process()
        maker.executableURL = URL(filePath: "/usr/bin/openssl")
        maker.arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out",
            certificate, "-days", "2", "-subj", "/CN=shop.example", "-addext", "subjectAltName=DNS:shop.example",
        ]
        maker.standardError = FileHandle.nullDevice
        try maker.run()
        maker.waitUntilExit()
        server.executableURL = URL(filePath: "/usr/bin/openssl")
        server.arguments = [
            "s_server", "-accept", "127.0.0.1:\(port)", "-key", key, "-cert", certificate, "-www", "-quiet",
        ]
        server.standardOutput = FileHandle.nullDevice
        server.standardError = FileHandle.nullDevice
        try server.run()
    }

    deinit {
        server.terminate()
        try? FileManager.default.removeItem(at: folder)
    }

    private func client(trusting: Bool, as name: String) -> Client {
        let (certificate, trusted) = (certificate, trusting)
        return Client(configure: {
            $0.addresses = [name: ["127.0.0.1"]]
            if trusted { $0.trustFile = certificate }
        })
    }

    @Test func `a certificate must be trusted and name the host`() async throws {
        var status: Int?
        for _ in 0..<100 where status == nil {
            let client = client(trusting: true, as: "shop.example")
            status = try? await client.egress.send(.test("https://shop.example:\(port)/")).status
            if status == nil { try await Task.sleep(for: .milliseconds(50)) }
        }
        #expect(status == 200)
        for (trusting, name) in [(false, "shop.example"), (true, "other.example")] {
            let error = await client(trusting: trusting, as: name).failure(.test("https://\(name):\(port)/"))
            guard case .tls = error?.reason else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(error?.delivery == .notSent)
        }
    }
}
