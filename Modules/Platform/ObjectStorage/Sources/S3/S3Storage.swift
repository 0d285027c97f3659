package import Egress
package import Kernel
import Vault

/// Objects in a bucket of an S3-compatible store.
package final class S3Storage: ObjectStorage {
    /// What goes up in one request. A larger object goes up in parts of this size.
    static let part = 8 << 20
    /// Parts are numbered up to 10,000.
    static let largest = Int64(part) * 10_000
    /// An upload that began so long ago is nobody's any more.
    static let uploadLife = Duration.seconds(86_400)

    private let configuration: S3Configuration
    private let client: S3Client
    private let time: any TimeSource
    private let hashing = SerialThread("object-storage.hashing")

    /// `egress` must have the configuration's host declared for `EgressPurpose.fileStore`. Reaches nothing yet.
    package init(
        egress: any Egress, configuration: S3Configuration, time: any TimeSource = SystemTime(), randomness: Randomness = .system
    ) {
        (self.configuration, self.time) = (configuration, time)
        client = S3Client(egress: egress, configuration: configuration, time: time, randomness: randomness)
    }

    package func put(_ key: ObjectKey, _ content: ObjectContent) async throws {
        if let length = content.length, length > Self.largest { throw ObjectStorageError.tooLarge(limit: Self.largest) }
        var parts = PartCutter(content, size: Self.part)
        try await translating {
            let first = try await parts.next() ?? []
            guard let second = try await parts.next() else { return try await putWhole(key, first) }
            let upload = try await S3Upload(key, client, hashing)
            do {
                try await upload.add(first)
                try await upload.add(second)
                while let part = try await parts.next() { try await upload.add(part) }
                try await upload.complete()
            } catch {
                await upload.abort()
                throw error
            }
        }
    }

    private func putWhole(_ key: ObjectKey, _ bytes: [UInt8]) async throws {
        let digests = try await hashing.run { PartDigests(bytes) }
        var request = S3Request(.put, key)
        request.headers["Content-Type"] = "application/octet-stream"
        (request.body, request.hash, request.isFinal) = (bytes, digests.sha256, true)
        request.check = { digests.mismatch(in: $0) }
        do { _ = try await client.send(request) } catch let failure as S3Failure where failure.isMissingObject {
            // No store says so: something else answers at this address.
            throw ObjectStorageError.refused("status 404")
        }
    }

    package func get(_ key: ObjectKey, from offset: Int64) async throws -> ObjectStream {
        try await translating {
            let reader = S3Reader(key, from: max(0, offset), client)
            let size = try await reader.open()
            return ObjectStream(size: size) { try await Self.translating { try await reader.next() } }
        }
    }

    package func delete(_ key: ObjectKey) async throws {
        try await translating {
            // Most stores say 204 also when there is nothing; some do not.
            do { _ = try await client.send(S3Request(.delete, key)) } catch let failure as S3Failure where failure.isMissingObject
            {}
        }
    }

    package func list(_ prefix: String, after: ObjectKey?, limit: Int) async throws -> [ObjectEntry] {
        guard prefix.utf8.count <= ObjectKey.longest, prefix.utf8.allSatisfy({ ObjectKey.isAllowed($0) }) else { return [] }
        return try await translating {
            var found: [ObjectEntry] = []
            var last = after.map { configuration.prefix + $0.text }
            while found.count < limit {
                var request = S3Request(.get)
                request.query = [("list-type", "2"), ("max-keys", "\(min(1_000, limit - found.count))")]
                request.query.append(("prefix", configuration.prefix + prefix))
                // The last key and not the store's token: it does not expire, and keys that are not ours can be passed over.
                if let last { request.query.append(("start-after", last)) }
                request.check = { S3Listing($0.body) == nil ? S3Failure.unreadable : nil }
                guard let page = S3Listing(try await client.send(request).body) else { throw S3Failure.unreadable }
                found += page.entries(below: configuration.prefix)
                guard page.isTruncated, let next = page.lastKey, next != last else { break }
                last = next
            }
            return found
        }
    }

    package func sweep() async throws -> Int {
        try await translating {
            let limit = time.now().advanced(by: .zero - Self.uploadLife)
            var count = 0
            var markers: [(name: String, value: String)] = []
            while true {
                var request = S3Request(.get)
                request.query = [("uploads", ""), ("prefix", configuration.prefix)] + markers
                request.check = { S3Element($0.body)?.name == "ListMultipartUploadsResult" ? nil : .unreadable }
                guard let page = S3Element(try await client.send(request).body) else { throw S3Failure.unreadable }
                for upload in page.all("Upload") {
                    guard let begun = upload["Initiated"].flatMap({ Instant($0) }), begun < limit, let id = upload["UploadId"],
                        let text = upload["Key"], let key = configuration.key(text)
                    else { continue }
                    try await S3Upload.abort(key, id, client)
                    count += 1
                }
                guard page["IsTruncated"] == "true", let key = page["NextKeyMarker"], let id = page["NextUploadIdMarker"] else {
                    return count
                }
                markers = [("key-marker", key), ("upload-id-marker", id)]
            }
        }
    }

    private func translating<Value>(_ body: () async throws -> Value) async throws -> Value { try await Self.translating(body) }

    private static func translating<Value>(_ body: () async throws -> Value) async throws -> Value {
        do { return try await body() } catch let failure as S3Failure { throw failure.error }
    }
}

extension S3Failure {
    /// A success that nobody can read: a proxy's page, or an answer that was cut short.
    static let unreadable = S3Failure(status: 200, code: "unreadable answer", isTransient: true, maybeDone: true)
}
