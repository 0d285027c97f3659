import Egress
import Vault

/// An object that goes up in parts. The store shows nothing of it before `complete`.
final class S3Upload: Sendable {
    private let key: ObjectKey
    private let id: String
    private let client: S3Client
    private let hashing: SerialThread
    private let parts = Parts()

    private struct Part: Sendable {
        let tag: String
        let md5: [UInt8]?
    }

    private actor Parts {
        private(set) var all: [Part] = []
        private(set) var size = 0
        func add(_ part: Part, _ count: Int) { (all, size) = (all + [part], size + count) }
    }

    /// Begins the upload.
    init(_ key: ObjectKey, _ client: S3Client, _ hashing: SerialThread) async throws {
        var request = S3Request(.post, key)
        request.query = [("uploads", "")]
        request.headers["Content-Type"] = "application/octet-stream"
        request.check = { S3Element($0.body)?["UploadId"] == nil ? S3Failure(reading: $0) : nil }
        let answer = S3Element(try await client.send(request).body)
        guard let id = answer?["UploadId"] else { throw S3Failure.unreadable }
        (self.key, self.id, self.client, self.hashing) = (key, id, client, hashing)
    }

    func add(_ bytes: [UInt8]) async throws {
        let number = await parts.all.count + 1
        guard number <= 10_000 else { throw ObjectStorageError.tooLarge(limit: S3Storage.largest) }
        let digests = try await hashing.run { PartDigests(bytes) }
        var request = S3Request(.put, key)
        request.query = [("partNumber", "\(number)"), ("uploadId", id)]
        (request.body, request.hash) = (bytes, digests.sha256)
        request.check = { response in
            response.entityTag == nil ? .unreadable : digests.mismatch(in: response)
        }
        let response = try await client.send(request)
        await parts.add(Part(tag: response.entityTag ?? "", md5: digests.md5), bytes.count)
    }

    /// Makes the object out of its parts.
    ///
    /// A store that takes long says 200 first and may find an error later, so that the body decides. When an answer is lost and the
    /// repetition finds no such upload, the object itself tells whether it was made.
    func complete() async throws {
        let parts = await parts.all
        var request = S3Request(.post, key)
        request.query = [("uploadId", id)]
        request.headers["Content-Type"] = "application/xml"
        request.body = Array(
            ("<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
                + parts.enumerated().map { "<Part><PartNumber>\($0 + 1)</PartNumber><ETag>&quot;\($1.tag)&quot;</ETag></Part>" }
                .joined()
                + "</CompleteMultipartUpload>").utf8)
        request.hash = Digest.sha256(request.body).hex
        request.isFinal = true
        request.check = { S3Element($0.body)?.name == "CompleteMultipartUploadResult" ? nil : S3Failure(reading: $0) }
        do { _ = try await client.send(request) } catch let failure as S3Failure where failure.maybeDone {
            guard try await isThere(parts) else { throw failure }
        }
    }

    /// Whether the object is the one that these parts make: a store's tag of it is the MD5 of their MD5s.
    private func isThere(_ parts: [Part]) async throws -> Bool {
        let digests = parts.compactMap(\.md5)
        let isKnown = zip(parts, digests).allSatisfy { $0.tag == $1.hex } && digests.count == parts.count
        guard isKnown, let whole = Digest.md5(digests.flatMap { $0 }) else { return false }
        var request = S3Request(.head, key)
        request.expected = [404]
        let response = try await client.send(request)
        let isSameSize = response.headers["content-length"] == String(await self.parts.size)
        return response.isSuccess && isSameSize && response.entityTag == "\(whole.hex)-\(parts.count)"
    }

    /// Gives up what has gone up. Also runs in a task that was cancelled; when it fails, `S3Storage.sweep` finds the rest.
    func abort() async {
        await Task { [key, id, client] in try? await Self.abort(key, id, client) }.value
    }

    static func abort(_ key: ObjectKey, _ id: String, _ client: S3Client) async throws {
        var request = S3Request(.delete, key)
        request.query = [("uploadId", id)]
        request.expected = [404]
        _ = try await client.send(request)
    }
}

extension S3Failure {
    /// An answer with status 200 that is not the one that was asked for: an error in its body, or unreadable.
    fileprivate init(reading response: EgressResponse) {
        self = S3Element(response.body)?.name == "Error" ? S3Failure(response) : .unreadable
    }
}
