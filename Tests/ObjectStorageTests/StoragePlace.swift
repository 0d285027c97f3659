import Egress
import Foundation
import Kernel
import ObjectStorage
import Synchronization

/// The kinds of storage that the shared suite runs on.
enum StorageKind: String, Sendable, CaseIterable, CustomStringConvertible {
    case folder
    case s3

    /// The store only where `SEVENSALES_TEST_S3` names one; a test fails when it does not, so that nobody leaves it out by accident.
    static let here: [StorageKind] = StoreAddress.given == nil ? [.folder] : [.folder, .s3]

    var description: String { rawValue }

    /// A fresh place without objects.
    func place() throws -> StoragePlace {
        switch self {
        case .folder: StoragePlace(folder: try TestFolder())
        case .s3: StoragePlace(prefix: "test-\(UUID().uuidString.lowercased())/")
        }
    }
}

/// `http://key:secret@host:port/bucket`, the secret percent-encoded.
struct StoreAddress: Sendable {
    let endpoint: String
    let bucket: String
    let key: String
    let secret: String

    static let given: StoreAddress? = ProcessInfo.processInfo.environment["SEVENSALES_TEST_S3"].flatMap { StoreAddress($0) }
    static let isLeftOut = ProcessInfo.processInfo.environment["SEVENSALES_TEST_FOLDER_ONLY"] == "1"

    init?(_ text: String) {
        guard let parts = URLComponents(string: text), let scheme = parts.scheme, let host = parts.host, let port = parts.port,
            let key = parts.user, let secret = parts.password
        else { return nil }
        (self.key, self.secret) = (key, secret)
        (endpoint, bucket) = ("\(scheme)://\(host):\(port)", String(parts.path.dropFirst()))
    }
}

/// Where one test's objects lie. Every storage of it is another view of them, as another process would have it.
struct StoragePlace: Sendable {
    private(set) var folder: TestFolder?
    private(set) var prefix = ""

    func storage(time: any TimeSource = SystemTime()) throws -> any ObjectStorage {
        if let folder { return try FolderStorage(root: folder.path, time: time) }
        guard let store = StoreAddress.given else { throw ObjectStorageError.unavailable("no store") }
        let configuration = try S3Configuration(
            endpoint: store.endpoint, region: "us-east-1", bucket: store.bucket, prefix: prefix, accessKey: store.key,
            secretKey: store.secret)
        return S3Storage(egress: Self.egress, configuration: configuration, time: time)
    }

    /// How many leftovers of puts there are, of any age. Removes them.
    func leftovers() async throws -> Int { try await storage(time: LateTime()).sweep() }

    static let egress = localEgress()
}

/// A client that may reach this machine.
func localEgress(addresses: [String: [String]] = [:]) -> CurlEgress {
    var configuration = CurlEgress.Configuration(
        policy: EgressPolicy(allowedPrivateNetworks: ["127.0.0.0/8"].compactMap { NetworkRange($0) }))
    configuration.addresses = addresses
    return CurlEgress(configuration, register: EgressRegisterCheck { _, purpose, _ in purpose == .fileStore })
}

/// A week from now.
struct LateTime: TimeSource {
    func now() -> Instant { SystemTime().now().advanced(by: .seconds(7 * 86_400)) }
    func uptime() -> Duration { SystemTime().uptime() }
    func sleep(for duration: Duration) async throws { try await SystemTime().sleep(for: duration) }
}

/// Sleeps no time at all, and remembers how long it should have.
final class HastyTime: TimeSource {
    private let state = Mutex<[Duration]>([])
    var slept: [Duration] { state.withLock { $0 } }
    func now() -> Instant { SystemTime().now() }
    func uptime() -> Duration { SystemTime().uptime() }
    func sleep(for duration: Duration) async throws {
        try Task.checkCancellation()
        state.withLock { $0.append(duration) }
    }
}

/// A new folder that is deleted with its last reference.
final class TestFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "object-storage-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func files(_ below: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: "\(path)/\(below)").filter { name in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: "\(path)/\(below)/\(name)", isDirectory: &isFolder)
                && !isFolder.boolValue
        }.sorted()
    }
}

struct SourceFailed: Error, Equatable {}

extension ObjectContent {
    /// `size` bytes in pieces of `piece`; after them what `atEnd` does, which may throw or wait.
    static func made(
        _ size: Int, seed: UInt8 = 1, piece: Int = 64 << 10, announced: Int64? = nil,
        atEnd: @escaping @Sendable () async throws -> Void = {}
    ) -> ObjectContent {
        let left = Counter(size)
        return ObjectContent(length: announced) {
            guard let (start, count) = left.take(piece) else {
                try await atEnd()
                return nil
            }
            return sample(size, seed: seed, start..<(start + count))
        }
    }

    private final class Counter: Sendable {
        private let size: Int
        private let taken = Mutex(0)
        init(_ size: Int) { self.size = size }
        func take(_ most: Int) -> (Int, Int)? {
            taken.withLock { taken in
                let count = min(most, size - taken)
                guard count > 0 else { return nil }
                defer { taken += count }
                return (taken, count)
            }
        }
    }
}

/// The same bytes for the same seed. The period is prime, so that no two windows or parts are the same.
func sample(_ size: Int, seed: UInt8 = 1, _ range: Range<Int>? = nil) -> [UInt8] {
    let range = range ?? 0..<size
    let block = period.withLock { known in
        let block = known[seed] ?? (0..<65_521).map { UInt8(truncatingIfNeeded: ($0 &* 31) ^ ($0 >> 8) &* 17) &+ seed }
        known[seed] = block
        return block
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(range.count)
    var place = range.lowerBound % block.count
    while bytes.count < range.count {
        bytes += block[place...].prefix(range.count - bytes.count)
        place = 0
    }
    return bytes
}

private let period = Mutex<[UInt8: [UInt8]]>([:])

extension ObjectKey {
    /// A key of a test, which knows that it is one.
    static func known(_ text: String) throws -> ObjectKey {
        guard let key = ObjectKey(text) else { throw ObjectStorageError.refused("key") }
        return key
    }
}
