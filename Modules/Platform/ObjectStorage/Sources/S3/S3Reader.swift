import Egress

/// Reads an object window by window, each a request of its own.
///
/// A slow reader holds no connection between two windows, and a window that breaks off is asked for again. The first is small,
/// because many objects are and many readers stop early; each next is four times as large, up to 4 MiB.
actor S3Reader {
    private static let (first, largest) = (Int64(256 << 10), Int64(4 << 20))

    private let key: ObjectKey
    private let client: S3Client
    private var offset: Int64
    private var window = S3Reader.first
    private var size: Int64 = 0
    private var tag: String?
    private var ready: [UInt8]?

    init(_ key: ObjectKey, from offset: Int64, _ client: S3Client) {
        (self.key, self.offset, self.client) = (key, offset, client)
    }

    /// The object's size; its first window is there then.
    func open() async throws -> Int64 {
        ready = try await read()
        return size
    }

    func next() async throws -> [UInt8]? {
        if let bytes = ready {
            ready = nil
            return bytes.isEmpty ? nil : bytes
        }
        guard offset < size else { return nil }
        return try await read()
    }

    private func read() async throws -> [UInt8] {
        let start = offset
        let (end, overflows) = start.addingReportingOverflow(window - 1)
        var request = S3Request(.get, key)
        request.headers["Range"] = "bytes=\(start)-\(overflows ? .max : end)"
        if let tag { request.headers["If-Match"] = "\"\(tag)\"" }
        request.expected = [416]
        request.check = { $0.status == 416 || Window($0, from: start) != nil ? nil : .unreadable }
        let response = try await client.send(request)
        if response.status == 416 { return try await empty() }
        guard let found = Window(response, from: start) else { throw S3Failure.unreadable }
        // A store that does not know If-Match must not mix two objects.
        if let tag, response.entityTag != tag { throw ObjectStorageError.replaced }
        (tag, size) = (response.entityTag, found.size)
        offset += Int64(response.body.count)
        window = min(window * 4, Self.largest)
        return response.body
    }

    /// The object ends before the window: what is left to learn is its size.
    private func empty() async throws -> [UInt8] {
        let response = try await client.send(S3Request(.head, key))
        if tag != nil { throw ObjectStorageError.replaced }
        size = response.headers["content-length"].flatMap { Int64($0) } ?? 0
        guard offset >= size else { throw S3Failure.unreadable }
        return []
    }

    /// What a part of an object says about the whole.
    private struct Window {
        let size: Int64

        /// Nil when it is not the bytes from `start` on, as many as it says.
        init?(_ response: EgressResponse, from start: Int64) {
            let count = Int64(response.body.count)
            guard response.status == 206 else {
                // An empty object, or a store that sends small ones whole.
                guard start == 0 else { return nil }
                size = count
                return
            }
            // "bytes 0-99/1000"
            let numbers = response.headers["content-range"]?.split { !$0.isNumber }.compactMap { Int64($0) } ?? []
            guard numbers.count == 3, numbers[0] == start, count > 0, numbers[1] - start == count - 1, numbers[1] < numbers[2]
            else {
                return nil
            }
            size = numbers[2]
        }
    }
}
