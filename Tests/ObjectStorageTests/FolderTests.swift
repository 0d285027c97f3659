import Foundation
import Glibc
import Kernel
import ObjectStorage
import Testing

struct FolderTests {
    let folder: TestFolder
    let storage: FolderStorage

    init() throws {
        folder = try TestFolder()
        storage = try FolderStorage(root: "\(folder.path)/store")
    }

    @Test func `files are their owner's alone`() async throws {
        try await storage.put(try ObjectKey.known("a/b/c"), ObjectContent([1]))
        func mode(_ path: String) throws -> mode_t {
            var status = stat()
            try #require(lstat("\(folder.path)/store\(path)", &status) == 0, "\(path)")
            return status.st_mode & 0o7777
        }
        for path in ["", "/objects", "/incoming", "/objects/a", "/objects/a/b"] { #expect(try mode(path) == 0o700) }
        #expect(try mode("/objects/a/b/c+") == 0o600)
        #expect(try folder.files("store") == ["objects/a/b/c+"])
    }

    @Test func `what is not ours is not listed, and a link is not followed`() async throws {
        let objects = "\(folder.path)/store/objects"
        try await storage.put(try ObjectKey.known("real"), ObjectContent([1]))
        for name in ["no mark", "white space+", "a..b+", ".+"] { try Data([1]).write(to: URL(filePath: "\(objects)/\(name)")) }
        symlink("/etc/passwd", "\(objects)/link+")
        symlink("/etc", "\(objects)/etc")
        mkfifo("\(objects)/pipe+", 0o600)
        #expect(try await storage.list("", after: nil, limit: 100).map(\.key.text) == ["real"])
        await #expect(throws: ObjectStorageError.self) { try await storage.get(try ObjectKey.known("link"), from: 0) }
    }

    @Test func `folders that somebody tidied away are made again`() async throws {
        try await storage.put(try ObjectKey.known("a/b/one"), ObjectContent([1]))
        try FileManager.default.removeItem(atPath: "\(folder.path)/store/objects/a")
        try await storage.put(try ObjectKey.known("a/b/two"), ObjectContent([2]))
        #expect(try await storage.get(try ObjectKey.known("a/b/two"), from: 0).collect(upTo: 1) == [2])
        try FileManager.default.removeItem(atPath: "\(folder.path)/store/incoming")
        await #expect(throws: ObjectStorageError.self) { try await storage.put(try ObjectKey.known("x"), ObjectContent([2])) }
    }

    @Test func `a folder that cannot be is refused at once`() throws {
        for root in ["", "\(folder.path)/missing/deep", "\(folder.path)/store/objects\0x", "/proc/nothing"] {
            #expect(throws: ObjectStorageError.self) { try FolderStorage(root: root) }
        }
    }

    @Test func `readers hold no descriptor longer than they live`() async throws {
        let key = try ObjectKey.known("a")
        try await storage.put(key, ObjectContent(sample(1_000_000)))
        func open() throws -> Int { try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count }
        let before = try open()
        for _ in 0..<200 {
            var reader = try await storage.get(key, from: 0).makeAsyncIterator()
            _ = try await reader.next()
        }
        #expect(try open() < before + 100, "other tests open some too")
    }

    // MARK: Crashes

    #if FAILPOINTS
        @Test(arguments: ["file.fsync.before", "file.rename.before"])
        func `a put that dies before its name is given leaves a draft, which is swept when it is old`(point: String) async throws
        {
            let path = "\(folder.path)/store"
            try await storage.put(try ObjectKey.known("kept"), ObjectContent([1]))
            for key in ["kept", "new"] {
                await #expect(processExitsWith: .exitCode(137)) {
                    [path = path as String, point = point as String, key = key as String] in
                    let key = try #require(ObjectKey(key))
                    let storage = try FolderStorage(root: path)
                    Failpoints.arm(point)
                    try await storage.put(key, .made(1_000_000))
                }
            }
            #expect(try folder.files("store/incoming").count == 2)
            let after = try FolderStorage(root: path)
            #expect(try await after.list("", after: nil, limit: 10).map(\.key.text) == ["kept"])
            #expect(
                try await after.get(try ObjectKey.known("kept"), from: 0).collect(upTo: 1) == [1], "what was there is as it was")
            #expect(try await after.sweep() == 0, "a young draft may be somebody's")
            #expect(try await FolderStorage(root: path, time: LateTime()).sweep() == 2)
            #expect(try folder.files("store/incoming").isEmpty)
            try await after.put(try ObjectKey.known("new"), ObjectContent([3]))
        }

        @Test(arguments: ["file.rename.after", "file.durable.after"])
        func `a put that dies after its name is given has put all of it`(point: String) async throws {
            let path = "\(folder.path)/store"
            await #expect(processExitsWith: .exitCode(137)) { [path = path as String, point = point as String] in
                let storage = try FolderStorage(root: path)
                let key = try #require(ObjectKey("a/new"))
                Failpoints.arm(point)
                try await storage.put(key, .made(1_000_000))
            }
            #expect(try await storage.get(try ObjectKey.known("a/new"), from: 0).collect(upTo: 1_000_000) == sample(1_000_000))
            #expect(try folder.files("store") == ["objects/a/new+"])
        }
    #endif

    @Test func `a draft that is being written is not swept`() async throws {
        let (storage, late) = (storage, try FolderStorage(root: "\(folder.path)/store", time: LateTime()))
        let key = try ObjectKey.known("slow")
        // The other process is a week ahead: a put whose draft it takes away fails, and says so.
        let robbed = ObjectContent.made(600_000) {
            let swept = try await late.sweep()
            #expect(swept == 1)
        }
        await #expect(throws: ObjectStorageError.self) { try await storage.put(key, robbed) }
        let spared = ObjectContent.made(600_000) {
            let swept = try await storage.sweep()
            #expect(swept == 0)
        }
        try await storage.put(key, spared)
        #expect(try await storage.list("", after: nil, limit: 2).count == 1)
    }

    // MARK: A full disk

    @Test(.enabled(if: getuid() == 0, "mounting a small file system needs root"))
    func `a full disk keeps nothing of the object and everything else`() async throws {
        let small = "\(folder.path)/small"
        try FileManager.default.createDirectory(atPath: small, withIntermediateDirectories: true)
        guard mount("none", small, "tmpfs", UInt(MS_NOSUID), "size=2m") == 0 else {
            try Test.cancel("this machine mounts nothing: \(String(cString: strerror(errno)))")
        }
        defer { umount2(small, Int32(MNT_DETACH)) }
        let storage = try FolderStorage(root: "\(small)/store")
        try await storage.put(try ObjectKey.known("first"), .made(1_000_000))
        await #expect(throws: ObjectStorageError.full) { try await storage.put(try ObjectKey.known("second"), .made(1_500_000)) }
        await #expect(throws: ObjectStorageError.full) { try await storage.put(try ObjectKey.known("first"), .made(1_500_000)) }
        #expect(try await storage.list("", after: nil, limit: 10).map(\.size) == [1_000_000])
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(small)/store/incoming").isEmpty)
        try await storage.put(try ObjectKey.known("third"), .made(500_000))
    }
}
