package import Kernel

/// A `multipart/form-data` body (RFC 7578) for uploads.
package struct MultipartForm: Sendable {
    private let boundary: String
    private var parts: [UInt8] = []

    /// The boundary is 128 fresh bits, so that no content can contain it by design.
    package init(randomness: Randomness = .system) {
        boundary = "sevensales-" + String(randomness.next(), radix: 36) + String(randomness.next(), radix: 36)
    }

    package var contentType: String { "multipart/form-data; boundary=\(boundary)" }
    package var body: [UInt8] { parts + Array("--\(boundary)--\r\n".utf8) }

    package mutating func add(_ name: String, _ value: String) {
        append(head: "Content-Disposition: form-data; name=\"\(Self.quoted(name))\"", Array(value.utf8))
    }

    /// A content type that is no plain `type/subtype` becomes `application/octet-stream`.
    package mutating func add(_ name: String, file: [UInt8], named filename: String, type: String) {
        let isPlain = type.utf8.allSatisfy { (33...126).contains($0) || $0 == 32 } && type.contains("/")
        let disposition = "form-data; name=\"\(Self.quoted(name))\"; filename=\"\(Self.quoted(filename))\""
        let contentType = isPlain ? type : "application/octet-stream"
        append(head: "Content-Disposition: \(disposition)\r\nContent-Type: \(contentType)", file)
    }

    private mutating func append(head: String, _ content: [UInt8]) {
        parts += Array("--\(boundary)\r\n\(head)\r\n\r\n".utf8) + content + [13, 10]
    }

    /// As browsers escape it (HTML, 4.10.21.8), other control characters dropped.
    private static func quoted(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "%22"
            case "\r": result += "%0D"
            case "\n": result += "%0A"
            default: if scalar.value >= 32, scalar.value != 127 { result.unicodeScalars.append(scalar) }
            }
        }
        return result
    }
}
