import Foundation
package import Kernel

/// A mail as it is meant; `encoded` is what goes over the wire (RFC 5322, MIME).
package struct MailMessage: Sendable {
    package let from: MailAddress
    package let to: [MailAddress]
    package let replyTo: MailAddress?
    package let subject: String
    package let text: String
    package let html: String?
    /// Tells this mail from every other, so that a second copy can be recognised.
    package let id: Identifier<MailMessage>
    package let date: Instant

    /// Throws `EgressError` with `invalidRequest` when there is no or too many recipients, or when the subject holds a
    /// control character: a line break there would be a header of the attacker's.
    package init(
        from: MailAddress, to: [MailAddress], replyTo: MailAddress? = nil, subject: String, text: String,
        html: String? = nil, id: Identifier<MailMessage> = Identifier(), date: Instant
    ) throws {
        guard (1...100).contains(to.count) else { throw EgressError(.invalidRequest("mail recipients")) }
        guard subject.utf8.count <= 998, subject.unicodeScalars.allSatisfy({ !$0.endsOrHidesLine }) else {
            throw EgressError(.invalidRequest("mail subject"))
        }
        (self.from, self.to, self.replyTo, self.subject) = (from, to, replyTo, subject)
        (self.text, self.html, self.id, self.date) = (text, html, id, date)
    }

    /// Every line ends with CRLF, is ASCII and within SMTP's 998 bytes; bodies are base64, so nothing in a text can be
    /// read as a header, a boundary or the end of the mail.
    package var encoded: [UInt8] {
        var lines = [
            "From: \(Self.mailbox(from))", "To: \(to.map(Self.mailbox).joined(separator: ",\r\n "))",
            "Subject: \(Self.words(subject))", "Date: \(dateField)", "Message-ID: <\(id)@\(from.domain)>",
            "MIME-Version: 1.0",
        ]
        if let replyTo { lines.append("Reply-To: \(Self.mailbox(replyTo))") }
        guard let html else {
            lines += Self.part(text, "plain")
            return Array((lines.joined(separator: "\r\n") + "\r\n").utf8)
        }
        let boundary = "sevensales-\(id)"
        lines += ["Content-Type: multipart/alternative;\r\n boundary=\"\(boundary)\"", "", "--\(boundary)"]
        lines += Self.part(text, "plain") + ["--\(boundary)"] + Self.part(html, "html") + ["--\(boundary)--"]
        return Array((lines.joined(separator: "\r\n") + "\r\n").utf8)
    }

    private static func part(_ text: String, _ subtype: String) -> [String] {
        let options: Data.Base64EncodingOptions = [
            .lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed,
        ]
        return [
            "Content-Type: text/\(subtype); charset=utf-8", "Content-Transfer-Encoding: base64", "",
            Data(text.utf8).base64EncodedString(options: options),
        ]
    }

    private static func mailbox(_ mailbox: MailAddress) -> String {
        mailbox.name.isEmpty ? mailbox.address : "\(words(mailbox.name)) <\(mailbox.address)>"
    }

    /// RFC 2047 encoded words of at most 75 characters, never splitting a letter; plain text stays as it is.
    private static func words(_ text: String) -> String {
        let isPlain =
            text.utf8.count <= 60
            && text.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 32
                    || byte == 45
            }
        guard !isPlain else { return text }
        var chunks: [[UInt8]] = [[]]
        for scalar in text.unicodeScalars {
            let bytes = Array(String(scalar).utf8)
            if let last = chunks.indices.last, chunks[last].count + bytes.count <= 42 {
                chunks[last] += bytes
            } else {
                chunks.append(bytes)
            }
        }
        return chunks.map { "=?utf-8?B?\(Data($0).base64EncodedString())?=" }.joined(separator: "\r\n ")
    }

    /// `Sun, 22 Nov 2026 20:47:33 +0000`.
    private var dateField: String {
        let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let text = Array(date.description.utf8)
        func piece(_ range: Range<Int>) -> String {
            text.count >= range.upperBound ? String(decoding: text[range], as: UTF8.self) : ""
        }
        let day = date.microseconds / 86_400_000_000 % 7
        let month = Int(piece(5..<7)).map { $0 - 1 } ?? 0
        guard months.indices.contains(month), days.indices.contains(Int(day)) else {
            return "Thu, 01 Jan 1970 00:00:00 +0000"
        }
        return "\(days[Int(day)]), \(piece(8..<10)) \(months[month]) \(piece(0..<4)) \(piece(11..<19)) +0000"
    }
}
