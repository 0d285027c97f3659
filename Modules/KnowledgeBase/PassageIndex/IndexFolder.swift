import Foundation
import Glibc
import Kernel

/// The files of an index: immutable segments, and a manifest that says which of them count and which of their passages
/// have been removed. Every file is written beside its place, synced and renamed.
struct IndexFolder: Sendable {
    private static let manifest = "manifest"
    private static let temporary = ".temporary"
    private static let segment = ".segment"

    private let path: String

    /// Creates the folder when it is missing.
    init(_ url: URL) throws {
        path = url.path(percentEncoded: false)
        do {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        } catch {
            throw PassageIndexError.input(path: path, code: errno)
        }
    }

    /// What the manifest lists; nil when there is none.
    ///
    /// - Throws: `PassageIndexError`, also when a listed segment is missing or damaged.
    func open() throws -> (snapshot: IndexSnapshot, mark: Int64?)? {
        guard FileManager.default.fileExists(atPath: file(Self.manifest)) else { return nil }
        let bytes = try SegmentBytes(mapping: file(Self.manifest))
        let manifest = try withExtendedLifetime(bytes) { try Manifest(bytes.raw) }
        var snapshot = IndexSnapshot()
        for entry in manifest.segments {
            let name = Self.name(entry.file)
            var state = SegmentState(try Segment(SegmentBytes(mapping: file(name))), file: name)
            guard state.segment.passages == entry.passages else {
                throw PassageIndexError.corrupted("manifest is stale")
            }
            if let words = entry.removed {
                guard let live = LivePassages(words: words, passages: entry.passages) else {
                    throw PassageIndexError.corrupted("manifest's removals do not fit")
                }
                state.live = live
            }
            snapshot.segments.append(state)
        }
        return (snapshot, manifest.mark)
    }

    /// Writes a segment and returns it mapped from its file.
    func write(_ segment: Segment) throws -> SegmentState {
        let name = Self.name(Identifier())
        try withExtendedLifetime(segment) { try write(segment.bytes.raw, to: name) }
        return SegmentState(try Segment(SegmentBytes(mapping: file(name))), file: name)
    }

    /// Publishes a snapshot whose segments all have files.
    func write(_ snapshot: IndexSnapshot, mark: Int64?) throws {
        let segments = snapshot.segments.compactMap { state in
            state.file.flatMap { Self.identifier($0) }.map {
                Manifest.Entry(file: $0, passages: state.segment.passages, removed: state.live.words)
            }
        }
        try Manifest(segments: segments, mark: mark).bytes().withUnsafeBytes { try write($0, to: Self.manifest) }
    }

    /// Deletes the segment files that `snapshot` does not use, and what an interrupted write left.
    func removeUnused(keeping snapshot: IndexSnapshot) {
        let used = Set(snapshot.segments.compactMap(\.file))
        for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] {
            let isOurs = name.hasSuffix(Self.segment) || name.hasSuffix(Self.temporary)
            if isOurs, !used.contains(name) { unlink(file(name)) }
        }
    }

    private func write(_ bytes: UnsafeRawBufferPointer, to name: String) throws {
        let temporary = file(name + Self.temporary)
        let descriptor = Glibc.open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw PassageIndexError.input(path: temporary, code: errno) }
        var written = 0
        var failure: Int32?
        while written < bytes.count, failure == nil {
            let count = Glibc.write(descriptor, bytes.baseAddress?.advanced(by: written), bytes.count - written)
            if count > 0 { written += count } else if errno != EINTR { failure = errno }
        }
        if failure == nil, fsync(descriptor) != 0 { failure = errno }
        close(descriptor)
        if failure == nil, rename(temporary, file(name)) != 0 { failure = errno }
        if let failure {
            unlink(temporary)
            throw PassageIndexError.input(path: temporary, code: failure)
        }
        syncFolder()
    }

    /// Makes a rename durable. A lost one only costs building the index again, so failures are not reported.
    private func syncFolder() {
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    private func file(_ name: String) -> String { path.hasSuffix("/") ? path + name : "\(path)/\(name)" }

    private static func name(_ id: Identifier<Manifest>) -> String { "\(id)\(segment)" }

    private static func identifier(_ name: String) -> Identifier<Manifest>? {
        name.hasSuffix(segment) ? Identifier(name.dropLast(segment.count)) : nil
    }
}
