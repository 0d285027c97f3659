import Egress
import Foundation
import Kernel
import LocalServer
import Testing

struct MailTests {
    private let from = MailAddress("robot@shop.example", name: "Магазин «У дома»")
    private let date = Instant(microseconds: 1_795_380_453_000_000)

    private func message(subject: String = "Привет", to: [String] = ["anna@example.com"]) throws -> MailMessage {
        try MailMessage(
            from: try #require(from), to: to.compactMap { MailAddress($0) }, subject: subject,
            text: ".\r\nтело\n.\r\nQUIT\r\n", html: "<b>тело</b>", date: date)
    }

    /// Speaks SMTP and keeps what it hears; `answers` replaces an answer to a command.
    private static func server(
        _ heard: Box<[String]>, extensions: [String] = ["AUTH PLAIN"], answers: [String: String] = [:]
    ) throws -> LocalServer {
        try LocalServer { connection in
            _ = connection.write("220 ready\r\n")
            while let line = connection.readLine() {
                heard.with { $0.append(line) }
                let command = String(line.prefix { $0 != " " && $0 != ":" })
                var answer = answers[command] ?? "250 fine"
                switch command {
                case "EHLO":
                    answer = (["250-here"] + extensions.map { "250-\($0)" } + ["250 8BITMIME"]).joined(
                        separator: "\r\n")
                case "AUTH":
                    guard connection.write("334 \r\n"), let secret = connection.readLine() else { return }
                    heard.with { $0.append(secret) }
                    answer = answers[command] ?? "235 in"
                case "DATA":
                    guard connection.write("354 go\r\n") else { return }
                    while let text = connection.readLine(), text != "." { heard.with { $0.append("| " + text) } }
                    answer = answers[command] ?? "250 taken"
                case "QUIT": answer = "221 bye"
                default: break
                }
                guard answer != "cut", connection.write(answer + "\r\n") else { return }
            }
        }
    }

    private func mail(_ message: MailMessage, _ server: LocalServer, _ security: MailServer.Security = .none)
        -> EgressMail
    {
        EgressMail(
            message,
            through: MailServer(host: "127.0.0.1", port: server.port, security: security, username: "u", password: "p"))
    }

    @Test func `a mail is handed over`() async throws {
        let heard = Box<[String]>([])
        let server = try Self.server(heard)
        let client = Client()
        try await client.egress.sendMail(mail(try message(to: ["anna@example.com", "b+c@sub.example.com"]), server))
        let lines = heard.now
        #expect(lines.first == "EHLO shop.example")
        #expect(lines.contains { $0.hasPrefix("AUTH PLAIN") })
        #expect(
            lines.filter { $0.hasPrefix("MAIL") }.count == 1
                && lines.contains { $0.hasPrefix("MAIL FROM:<robot@shop.example>") })
        #expect(
            lines.filter { $0.hasPrefix("RCPT") } == ["RCPT TO:<anna@example.com>", "RCPT TO:<b+c@sub.example.com>"])
        #expect(lines.filter { $0 == "DATA" }.count == 1)
        #expect(lines.contains { $0.hasPrefix("| Date: Sun, 22 Nov 2026 ") })
        #expect(lines.contains("| " + Data(".\r\nтело\n.\r\nQUIT\r\n".utf8).base64EncodedString()))
        #expect(lines.filter { $0.hasPrefix("|") }.allSatisfy { $0.utf8.count <= 100 })
        #expect(client.log.now.first?.purpose == .mail)
    }

    @Test func `without TLS nothing is said`() async throws {
        let heard = Box<[String]>([])
        let server = try Self.server(heard)
        let error = await #expect(throws: EgressError.self) {
            try await Client().egress.sendMail(mail(try message(), server, .startTLS))
        }
        guard case .tls = error?.reason else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error?.delivery == .notSent)
        #expect(!heard.now.contains { $0.hasPrefix("AUTH") || $0.hasPrefix("MAIL") })
    }

    @Test(arguments: [
        ("AUTH", "535 no", EgressError.Delivery.notSent), ("RCPT", "550 nobody", .notSent),
        ("MAIL", "452 full", .notSent),
        ("DATA", "554 spam", .notSent), ("DATA", "cut", .maybeSent), ("RCPT", "cut", .notSent),
    ])
    func `a refusal is surely not sent, a cut after the text may have been`(
        command: String, answer: String, delivery: EgressError.Delivery
    ) async throws {
        let server = try Self.server(Box([]), answers: [command: answer])
        let error = await #expect(throws: EgressError.self) {
            try await Client().egress.sendMail(mail(try message(), server))
        }
        #expect(error?.delivery == delivery)
        if answer != "cut" { #expect(error?.reason == .rejected(code: Int(answer.prefix(3)) ?? 0)) }
    }

    @Test(arguments: [
        "a@b.c\r\nRCPT TO:<x@y.z>", "a@b.c>\r\nDATA", "a\n@b.c", "a b@c.d", "<a@b.c>", "a@b.c,d@e.f", "a@b@c", "@b.c",
        "a@",
        "a@b..c", "a@-b.c", "a@b.c\0", "\"a b\"@c.d", "a.@b.c", "a@[127.0.0.1]", "a@b_c", "ы@b.c", "a@b.c NOTIFY=NEVER",
        "",
        "a@b.c\u{2028}", "a@\(String(repeating: "b", count: 64)).c",
    ])
    func `an address that is more than an address is none`(text: String) {
        #expect(MailAddress(text) == nil)
    }

    @Test(arguments: [
        "Hi\r\nBcc: x@y.z", "Hi\nX: y", "Hi\r", "Hi\0", "Hi\u{2028}", "Hi\u{85}", String(repeating: "a", count: 999),
    ])
    func `a subject or name that would be another header is refused`(text: String) throws {
        #expect(throws: EgressError(.invalidRequest("mail subject"))) { try message(subject: text) }
        #expect(MailAddress("a@b.c", name: text) == nil)
    }

    @Test(arguments: [
        "", "Re: =?utf-8?B?SGk=?=",
        "Очень длинная тема письма, " + String(repeating: "которая не кончается ", count: 20), "a\"<b>,",
    ])
    func `whatever the texts are, the head is well formed`(text: String) throws {
        let encoded = try MailMessage(
            from: try #require(MailAddress("a@b.c", name: String(text.prefix(60)))),
            to: [try #require(MailAddress("d@e.f"))],
            subject: text, text: "\r\n.\r\nFrom: evil", html: "--sevensales", date: date
        ).encoded
        #expect(encoded.allSatisfy { $0 < 127 })
        let parts = String(decoding: encoded, as: UTF8.self).components(separatedBy: "\r\n\r\n")
        let names = parts[0].components(separatedBy: "\r\n").filter { !$0.hasPrefix(" ") }.map {
            $0.prefix { $0 != ":" }
        }
        #expect(names == ["From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"])
        #expect(parts[0].components(separatedBy: "\r\n").allSatisfy { $0.utf8.count <= 90 })
        #expect(!String(decoding: encoded, as: UTF8.self).replacing("\r\n", with: "").contains { $0.isNewline })
    }

    @Test func `mail goes only where requests may go`() async throws {
        let server = try Self.server(Box([]))
        for host in ["127.0.0.1", "2130706433", "localhost", "127.0.0.1/x@", "evil@127.0.0.1"] {
            for security in [MailServer.Security.none, .startTLS, .implicitTLS] {
                let mail = EgressMail(
                    try message(), through: MailServer(host: host, port: server.port, security: security))
                await #expect(throws: EgressError.self) { try await Client(allowing: []).egress.sendMail(mail) }
            }
        }
        #expect(server.accepted == 0)
    }
}
