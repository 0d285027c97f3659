import Glibc
package import Kernel
import Synchronization
import Vault

/// Objects as files in a folder of a local disk. Several processes may share it.
package final class FolderStorage: ObjectStorage {
    /// How many bytes go to or come from the disk at once.
    private static let chunk = 256 << 10
    /// How old a draft must be to be nobody's any more. A running put touches its own again and again.
    static let draftLife = Duration.seconds(3_600)

    private let places: FolderPlaces
    private let time: any TimeSource
    private let randomness: Randomness
    /// One put or reading stays on one of them, so that its steps keep their order.
    private let threads = SerialThreads("object-storage.files", count: 4)
    /// Long walks through the folder do not hold up the others.
    private let walker = SerialThread("object-storage.walk")

    /// Makes the folder `root` (mode 0700) unless it is there; what lies above it must be. Throws `ObjectStorageError`.
    package init(root: String, time: any TimeSource = SystemTime(), randomness: Randomness = .system) throws {
        (self.time, self.randomness) = (time, randomness)
        places = try FolderPlaces(root: root)
    }

    package func put(_ key: ObjectKey, _ content: ObjectContent) async throws {
        let thread = threads.next()
        let name = randomness.bytes(16).hex
        let draft = try await thread.run { [places] in try FolderDraft(name, in: places) }
        do {
            var content = CountedContent(content)
            var waiting: [UInt8] = []
            while let piece = try await content.next() {
                if waiting.isEmpty { waiting = piece } else { waiting += piece }
                guard waiting.count >= Self.chunk else { continue }
                try await thread.run { [waiting] in try draft.write(waiting) }
                waiting = []
            }
            try await thread.run { [waiting] in
                try draft.write(waiting)
                try draft.publish(as: key)
            }
        } catch {
            try? await thread.run { draft.discard() }
            throw error
        }
    }

    package func get(_ key: ObjectKey, from offset: Int64) async throws -> ObjectStream {
        let thread = threads.next()
        let path = places.path(of: key)
        let (file, size) = try await thread.run {
            let file = try OpenFile(path, O_RDONLY)
            return (file, try file.size())
        }
        let position = Position(max(0, offset))
        return ObjectStream(size: size) {
            let start = position.value.withLock { $0 }
            guard start < size else { return nil }
            let chunk = try await thread.run { try file.read(Self.chunk, at: start) }
            position.value.withLock { $0 += Int64(chunk.count) }
            return chunk.isEmpty ? nil : chunk
        }
    }

    package func delete(_ key: ObjectKey) async throws {
        let path = places.path(of: key)
        try await threads.next().run {
            _ = try FileError.ifThere("unlink") { unlink(path) }
            // Also when it was gone: an earlier call may have ended between the two.
            do { try OpenFile.synchronize(folder: FolderPlaces.folder(of: path)) } catch ObjectStorageError.notFound {}
        }
    }

    package func list(_ prefix: String, after: ObjectKey?, limit: Int) async throws -> [ObjectEntry] {
        try await walker.run { [places] in
            var walk = FolderWalk(prefix: prefix, after: after?.text, limit: limit)
            try walk.visit(places.objects, as: "")
            return walk.found
        }
    }

    package func sweep() async throws -> Int {
        let limit = time.now().advanced(by: .zero - Self.draftLife)
        return try await walker.run { [places] in
            var count = 0
            for name in try FolderWalk.names(in: places.incoming) {
                let path = "\(places.incoming)/\(name.text)"
                guard let status = try FolderWalk.status(of: path), status.changedAt < limit else { continue }
                if try FileError.ifThere("unlink", { unlink(path) }) != nil { count += 1 }
            }
            return count
        }
    }

    private final class Position: Sendable {
        let value: Mutex<Int64>
        init(_ value: Int64) { self.value = Mutex(value) }
    }
}
