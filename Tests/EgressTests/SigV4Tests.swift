import Egress
import Foundation
import LocalServer
import Testing

/// The signature, computed a second time from what arrived, as Amazon's description of it says.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl")))
struct SigV4Tests {
    @Test(arguments: [
        (EgressMethod.put, "/bucket/a%20b/%D1%84.txt", "", "content"),
        (.get, "/bucket", "prefix=a%2Fb&list-type=2&delimiter=%2F", ""),
        (.post, "/bucket/x", "uploads", ""), (.delete, "/bucket/x", "", ""),
    ])
    func `a store that checks it accepts it`(method: EgressMethod, path: String, query: String, body: String)
        async throws
    {
        let box = Box<[Seen]>([])
        let server = try LocalServer.http { seen in
            box.with { $0.append(seen) }
            return reply("200 OK")
        }
        var request = EgressRequest.test(method, server.url + path + (query.isEmpty ? "" : "?" + query), body: body)
        request.signature = SigV4Credential(
            host: "127.0.0.1", accessKey: "AKID", secretKey: "se/cr+et", region: "eu-central-1")
        _ = try await Client().egress.send(request)
        let seen = try #require(box.now.first)
        let target = try #require(seen.line.split(separator: " ").dropFirst().first).split(separator: "?")
        #expect(target.first.map(String.init) == path)
        let authorization = try #require(seen.header("authorization"))
        func part(_ name: String) -> String {
            authorization.components(separatedBy: name + "=").last?.components(separatedBy: ",").first ?? ""
        }
        let signed = part("SignedHeaders").split(separator: ";").map(String.init)
        #expect(signed.contains("host") && signed.contains("x-amz-date") && signed.contains("x-amz-content-sha256"))
        let hash = "UNSIGNED-PAYLOAD"
        #expect(seen.header("x-amz-content-sha256") == hash)
        // A store has nothing but what arrived: every signed field must be there.
        let fields = try signed.map { "\($0):\(try #require(seen.header($0), "\($0)"))\n" }.joined()
        let items = query.split(separator: "&").map { $0.contains("=") ? String($0) : $0 + "=" }.sorted()
        let canonical = [method.rawValue, path, items.joined(separator: "&"), fields, part("SignedHeaders"), hash]
            .joined(separator: "\n")
        let date = try #require(seen.header("x-amz-date"))
        let scope = "\(date.prefix(8))/eu-central-1/s3/aws4_request"
        #expect(part("Credential") == "AKID/" + scope)
        var key = Array("AWS4se/cr+et".utf8).hex
        for step in [String(date.prefix(8)), "eu-central-1", "s3", "aws4_request"] { key = try mac(step, key) }
        let text = ["AWS4-HMAC-SHA256", date, scope, try digest(Array(canonical.utf8))].joined(separator: "\n")
        #expect(part("Signature") == (try mac(text, key)), "\(authorization)")
    }

    private func digest(_ bytes: [UInt8]) throws -> String { try openssl(["-sha256"], bytes) }

    private func mac(_ text: String, _ key: String) throws -> String {
        try openssl(["-sha256", "-mac", "HMAC", "-macopt", "hexkey:\(key)"], Array(text.utf8))
    }

    private func openssl(_ arguments: [String], _ bytes: [UInt8]) throws -> String {
        let process = Process()
        let input = Pipe()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/openssl")
        process.arguments = ["dgst", "-r"] + arguments
        (process.standardInput, process.standardOutput) = (input, output)
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(bytes))
        try input.fileHandleForWriting.close()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        return String(text.prefix(64))
    }
}

extension [UInt8] {
    fileprivate var hex: String { map { String(format: "%02x", $0) }.joined() }
}
