import CWebAssets
package import Foundation
package import HTTPTypes
import Kernel
package import WebSupport

/// The user interface's files, from the program itself or, for people who work on it, from a folder.
package struct WebPages: Sendable {
    private struct Page: Sendable {
        let type: String
        let isImmutable: Bool
        let tag: String
        let plain: [UInt8]
        let gzip: [UInt8]?
        let brotli: [UInt8]?
    }

    private let embedded: [String: Page]
    private let folder: URL?

    /// With a `folder` the files are read from it on each request, so that a rebuilt interface shows after a reload.
    package init(folder: URL? = nil) {
        self.folder = folder
        embedded = folder == nil ? Self.load() : [:]
    }

    /// False when the program was built without the interface.
    package var isBuilt: Bool { folder != nil || !embedded.isEmpty }

    private static func load() -> [String: Page] {
        var pages: [String: Page] = [:]
        for index in 0..<sevensales_web_asset_count() {
            guard let asset = sevensales_web_asset_at(index)?.pointee, let path = asset.path, let type = asset.type else {
                continue
            }
            let plain = Array(UnsafeBufferPointer(start: asset.plain, count: asset.plain_count))
            pages[String(cString: path)] = Page(
                type: String(cString: type), isImmutable: asset.immutable != 0, tag: tag(of: plain), plain: plain,
                gzip: Array(UnsafeBufferPointer(start: asset.gzip, count: asset.gzip_count)),
                brotli: Array(UnsafeBufferPointer(start: asset.brotli, count: asset.brotli_count)))
        }
        return pages
    }

    /// FNV-1a: names a version of a file; nothing depends on its strength.
    private static func tag(of bytes: [UInt8]) -> String {
        let hash = bytes.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return "\"\(String(hash, radix: 16))\""
    }

    /// The file of `path`, or for a browser's navigation the start page: the interface has its own router. A few files have a query in
    /// their name; of any other the query means nothing.
    package func reply(path: String, query: String?, headers: HTTPFields) -> Reply {
        guard isBuilt else {
            return .text(
                "The web interface was not built into this program. Run Scripts/build and start it again.\n", status: .notFound)
        }
        if let page = query.flatMap({ page("\(path)?\($0)") }) ?? page(path) {
            var reply = reply(page, isDocument: path == "/", headers)
            // The chat's second file is a module, which a page of another origin may only load where it is allowed to read it.
            if path.hasPrefix("/widget") { reply.headers[.accessControlAllowOrigin] = "*" }
            return reply
        }
        let wantsPage = headers[.accept]?.contains("text/html") ?? false
        guard wantsPage, !path.hasPrefix("/assets/"), let start = page("/") else {
            return .text("not found\n", status: .notFound)
        }
        return reply(start, isDocument: true, headers)
    }

    private func page(_ path: String) -> Page? {
        guard let folder else { return embedded[path] }
        guard let manifest = try? String(contentsOf: folder.appending(path: "manifest.tsv"), encoding: .utf8) else { return nil }
        for line in manifest.split(separator: "\n") {
            let columns = line.split(separator: "\t")
            guard columns.count == 4, columns[0] == path,
                let data = try? Data(contentsOf: folder.appending(path: String(columns[1])))
            else { continue }
            return Page(
                type: String(columns[2]), isImmutable: false, tag: Self.tag(of: [UInt8](data)), plain: [UInt8](data), gzip: nil,
                brotli: nil)
        }
        return nil
    }

    private func reply(_ page: Page, isDocument: Bool, _ headers: HTTPFields) -> Reply {
        var fields: HTTPFields = [
            .contentType: page.type, .eTag: page.tag, .vary: "Accept-Encoding",
            .cacheControl: page.isImmutable ? "public, max-age=31536000, immutable" : "no-cache",
        ]
        if isDocument {
            fields[.contentSecurityPolicy] = Self.contentSecurityPolicy
            for (name, value) in [
                ("Cross-Origin-Opener-Policy", "same-origin"), ("Permissions-Policy", "camera=(), microphone=(), geolocation=()"),
            ] {
                if let name = HTTPField.Name(name) { fields[name] = value }
            }
        }
        if headers[.ifNoneMatch] == page.tag { return Reply(status: .notModified, headers: fields) }
        let accepted = headers[.acceptEncoding] ?? ""
        if accepted.contains("br"), let brotli = page.brotli {
            fields[.contentEncoding] = "br"
            return Reply(status: .ok, headers: fields, body: .bytes(brotli))
        }
        if accepted.contains("gzip"), let gzip = page.gzip {
            fields[.contentEncoding] = "gzip"
            return Reply(status: .ok, headers: fields, body: .bytes(gzip))
        }
        return Reply(status: .ok, headers: fields, body: .bytes(page.plain))
    }

    /// No inline script or style, no other origin, no HTML sink; what customers send is played from here only.
    private static let contentSecurityPolicy = """
        default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: blob:; media-src 'self'; \
        font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
        trusted-types 'none'
        """
}
