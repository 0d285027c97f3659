import ChannelsInterface
import HTTPTypes
import Kernel
import WebSupport

/// Where files are read: by the account's people, and for a while by a provider that was given a link.
struct FileRoutes: Sendable {
    let media: any MediaLibrary
    let links: FileLinks

    var routes: [Route] {
        [
            Route(
                .get, "/api/v1/files/{id}", "A file of a message; ?download=1 to save it",
                access: .permission(.readConversations), audit: .read("file.read")
            ) { call in
                let media = media
                return try await FileReply.make(call, try call.id(), try call.account, from: media)
            },
            Route(
                .get, "/files/{token}/{name}", "A file on its way to a provider",
                access: .ownCredential(reason: "the link is signed and ends soon"), scope: .keyedAccount, rate: .webhook,
                audit: .inTransaction
            ) { call in
                guard let (id, account) = try await links.open(try call.parameter("token")) else { throw Problem.notFound }
                return try await FileReply.make(call, id, account, from: media)
            },
        ]
    }
}

/// A file as a response that no browser can be made to run.
enum FileReply {
    /// Whole, or from where a player wants to go on (RFC 9110, 14).
    static func make(_ call: Call, _ id: FileID, _ account: AccountID, from media: any MediaLibrary) async throws -> Reply {
        let start = rangeStart(call.headers[.range])
        guard let content = try await media.content(of: id, from: start ?? 0, account: account) else { throw Problem.notFound }
        let file = content.file
        if let start, start >= max(1, file.size) {
            return Reply(status: .rangeNotSatisfiable, headers: [.contentRange: "bytes */\(file.size)"])
        }
        let first = start ?? 0
        var headers: HTTPFields = [
            .contentType: file.mime.isEmpty ? FileType.unknown : file.mime, .acceptRanges: "bytes",
            .contentLength: String(file.size - first), .cacheControl: "private, max-age=3600",
            .contentDisposition: disposition(file, asDownload: call.query("download") == "1"),
        ]
        // Whatever its bytes turn out to be: no script, no form, no frame, no other site's page.
        headers[.contentSecurityPolicy] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
        if let name = HTTPField.Name("Cross-Origin-Resource-Policy") { headers[name] = "same-origin" }
        if start != nil { headers[.contentRange] = "bytes \(first)-\(max(first, file.size - 1))/\(file.size)" }
        return Reply(
            status: start == nil ? .ok : .partialContent, headers: headers,
            // A fault ends the response short of its announced length, which the reader notices.
            body: .stream(AsyncStream(unfolding: { try? await content.next() })))
    }

    /// `bytes=N-`; any other form of range may be ignored, and is.
    private static func rangeStart(_ header: String?) -> Int64? {
        guard let header, header.hasPrefix("bytes="), header.hasSuffix("-") else { return nil }
        return Int64(header.dropFirst(6).dropLast()).flatMap { $0 >= 0 ? $0 : nil }
    }

    private static func disposition(_ file: MediaFile, asDownload: Bool) -> String {
        let kind = FileType.isInline(file.mime) && !asDownload ? "inline" : "attachment"
        let plain = String(file.name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "-_. ".contains($0)) ? $0 : "_" })
        let encoded = file.name.utf8.reduce(into: "") { text, byte in
            switch byte {
            case 48...57, 65...90, 97...122, 45, 46, 95: text.unicodeScalars.append(Unicode.Scalar(byte))
            default: text += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return "\(kind); filename=\"\(plain)\"; filename*=UTF-8''\(encoded)"
    }
}
