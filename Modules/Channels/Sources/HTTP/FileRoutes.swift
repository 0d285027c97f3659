import ChannelsInterface
import HTTPTypes
import Kernel
import Synchronization
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
        let range = byteRange(call.headers[.range])
        let first = range?.first ?? 0
        guard let content = try await media.content(of: id, from: first, account: account) else { throw Problem.notFound }
        let file = content.file
        if range != nil, first >= file.size {
            return Reply(status: .rangeNotSatisfiable, headers: [.contentRange: "bytes */\(file.size)"])
        }
        let last = min(range?.last ?? .max, file.size - 1)
        let left = Mutex(last - first + 1)
        var headers: HTTPFields = [
            .contentType: file.mime.isEmpty ? FileType.unknown : file.mime, .acceptRanges: "bytes",
            .contentLength: String(last - first + 1), .cacheControl: "private, max-age=3600",
            .contentDisposition: disposition(file, asDownload: call.query("download") == "1"),
        ]
        // Whatever its bytes turn out to be: no script, no form, no frame, no other site's page.
        headers[.contentSecurityPolicy] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
        if let name = HTTPField.Name("Cross-Origin-Resource-Policy") { headers[name] = "same-origin" }
        if range != nil { headers[.contentRange] = "bytes \(first)-\(last)/\(file.size)" }
        let body = AsyncStream<[UInt8]>(unfolding: {
            // A fault ends the response short of its announced length, which the reader notices.
            guard left.withLock({ $0 > 0 }), let piece = try? await content.next() else { return nil }
            return left.withLock { left in
                defer { left -= Int64(piece.count) }
                return piece.count <= left ? piece : Array(piece.prefix(Int(left)))
            }
        })
        return Reply(status: range == nil ? .ok : .partialContent, headers: headers, body: .stream(body))
    }

    /// `bytes=N-` and `bytes=N-M`, which Safari asks for before it plays anything; any other form of range may be ignored, and is.
    private static func byteRange(_ header: String?) -> (first: Int64, last: Int64?)? {
        guard let header, header.hasPrefix("bytes=") else { return nil }
        let ends = header.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let first = Int64(ends[0]), first >= 0 else { return nil }
        if ends[1].isEmpty { return (first, nil) }
        guard let last = Int64(ends[1]), last >= first else { return nil }
        return (first, last)
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
