import Egress
import Vault

/// Cuts content into parts of one size; the last may be smaller.
struct PartCutter {
    private var content: CountedContent
    private let size: Int
    private var waiting: [UInt8] = []

    init(_ content: ObjectContent, size: Int) { (self.content, self.size) = (CountedContent(content), size) }

    /// Nil at the end.
    mutating func next() async throws -> [UInt8]? {
        while waiting.count < size, let piece = try await content.next() {
            if waiting.isEmpty {
                waiting = piece
                waiting.reserveCapacity(min(size, piece.count * 2))
            } else {
                waiting += piece
            }
        }
        guard waiting.count > size else {
            defer { waiting = [] }
            return waiting.isEmpty ? nil : waiting
        }
        defer { waiting.removeFirst(size) }
        return Array(waiting[..<size])
    }
}

/// What proves that a part arrived as it was sent.
struct PartDigests: Sendable {
    /// The store compares it with what it received; it is signed.
    let sha256: String
    let md5: [UInt8]?

    init(_ bytes: [UInt8]) { (sha256, md5) = (Digest.sha256(bytes).hex, Digest.md5(bytes)) }

    /// Compares with what the store kept, where its answer says that: an entity tag of 32 digits is the MD5 unless the object is encrypted
    /// with a key that is not the bucket's own (docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html).
    func mismatch(in response: EgressResponse) -> S3Failure? {
        guard let md5, let kept = response.md5, kept != md5 else { return nil }
        return S3Failure(status: response.status, code: S3Failure.damaged, isTransient: true, maybeDone: true)
    }
}

extension EgressResponse {
    /// Without the quotes.
    var entityTag: String? { headers["etag"].map { $0.filter { $0 != "\"" } } }

    fileprivate var md5: [UInt8]? {
        let encryption = headers["x-amz-server-side-encryption"]
        let isPlain = encryption == nil || encryption == "AES256"
        guard isPlain, headers["x-amz-server-side-encryption-customer-algorithm"] == nil, let tag = entityTag,
            tag.utf8.count == 32
        else { return nil }
        return [UInt8](hex: tag)
    }
}
