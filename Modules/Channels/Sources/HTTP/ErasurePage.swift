import Foundation
import HTTPTypes
import Kernel
import Vault
import WebSupport

/// What became of a request to delete somebody's data, for that person to read. It names nobody and runs nothing.
struct ErasurePage {
    /// Nil for a number that leads nowhere.
    let row: ErasureStore.Row?
    let language: Language

    /// `?lang=`, else the first of the browser's languages that the product speaks, else English.
    static func language(asked: String?, accepted: String?) -> Language {
        if let language = asked.flatMap(Language.init(rawValue:)) { return language }
        let wanted = (accepted ?? "").split(separator: ",").map { $0.drop(while: \.isWhitespace).prefix(2).lowercased() }
        return wanted.lazy.compactMap(Language.init(rawValue:)).first ?? .english
    }

    var reply: Reply {
        var headers: HTTPFields = [
            .contentType: "text/html; charset=utf-8", .cacheControl: "no-store", .vary: "Accept-Language",
            .contentSecurityPolicy: Self.policy,
        ]
        if let name = HTTPField.Name("X-Robots-Tag") { headers[name] = "noindex" }
        if let name = HTTPField.Name("Referrer-Policy") { headers[name] = "no-referrer" }
        return Reply(status: row == nil ? .notFound : .ok, headers: headers, body: .bytes(Array(html.utf8)))
    }

    private static let style = """
        body{max-width:40rem;margin:3rem auto;padding:0 1rem;font:1rem/1.5 system-ui,sans-serif;color:#1a1d21;background:#fff}\
        li{margin:.5rem 0}@media(prefers-color-scheme:dark){body{color:#e6e8eb;background:#16181b}a{color:#8ab4f8}}
        """

    /// Its own style, known by its hash, and nothing else.
    private static let policy: String = {
        let hash = Data(Digest.sha256(style)).base64EncodedString()
        return "default-src 'none'; style-src 'sha256-\(hash)'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    }()

    private var html: String {
        let words = ErasureWords.of(language)
        let links = Language.allCases.map { other in
            other == language
                ? ErasureWords.of(other).name
                : "<a href=\"?lang=\(other.rawValue)\" lang=\"\(other.rawValue)\">\(ErasureWords.of(other).name)</a>"
        }
        var lines = ["<p>\(words.unknown)</p>"]
        if let row {
            let state = row.settledAt.map { words.settled(Self.day($0)) } ?? words.waiting(Self.day(row.dueAt))
            lines = [
                "<p>\(words.requested(Self.day(row.requestedAt)))</p>", "<ul>", "<li>\(words.removed(row.removed))</li>",
                "<li>\(state)</li>", "</ul>",
            ]
            if row.settledAt == nil { lines.append("<p>\(words.why)</p>") }
        }
        return """
            <!doctype html>
            <html lang="\(language.rawValue)"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <title>\(words.title)</title><style>\(Self.style)</style></head>
            <body><main><h1>\(words.title)</h1>
            \(lines.joined(separator: "\n"))
            </main><footer><p>\(links.joined(separator: " · "))</p></footer></body></html>
            """
    }

    /// `2026-11-23`, the same everywhere.
    private static func day(_ instant: Instant) -> String { String(instant.description.prefix(10)) }
}
