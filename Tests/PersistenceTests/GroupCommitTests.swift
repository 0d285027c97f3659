import Foundation
import Kernel
import Persistence
import TestSupport
import Testing

struct GroupCommitTests {
    let account = AccountID()

    private func open(_ folder: TemporaryFolder) async throws -> SQLiteDatabase {
        let database = try SQLiteDatabase(file: folder.url.appending(path: "data.sqlite"))
        try await Migrator([Things.migration]).migrate(database, at: VirtualTime.start)
        return database
    }

    @Test func `what is acknowledged is on disk`() async throws {
        let folder = try TemporaryFolder()
        let database = try await open(folder)
        #expect(try database.synchronousLevel() == 2)
        try await database.write(in: account) { try Things.insert("x", in: $0) }
        #expect(try database.synchronousLevel() == 2)
        await database.close()
        let again = try await open(folder)
        #expect(try again.synchronousLevel() == 2)
        #expect(try await Things.texts(again, in: account) == ["x"])
        await again.close()
    }

    @Test func `a thousand writers share few commits, and one that throws rolls back alone`() async throws {
        let folder = try TemporaryFolder()
        let database = try await open(folder)
        let account = account
        let before = try commits(folder)
        let failures = await withTaskGroup(of: Int.self) { group in
            for number in 0..<1_000 {
                group.addTask {
                    do {
                        try await database.write(in: account) { transaction in
                            try Things.insert("\(number)", in: transaction)
                            if number % 100 == 7 { throw Broken() }
                        }
                        return 0
                    } catch { return 1 }
                }
            }
            return await group.reduce(0, +)
        }
        let used = try commits(folder) - before
        #expect(failures == 10)
        let found = Set(try await Things.texts(database, in: account))
        #expect(found == Set((0..<1_000).filter { $0 % 100 != 7 }.map(String.init)))
        #expect(used > 0 && used < 200, "\(used) commits for 1,000 writes")
        await database.close()
    }

    @Test func `writes accepted before the close are stored`() async throws {
        let folder = try TemporaryFolder()
        let database = try await open(folder)
        let account = account
        let stored = await withTaskGroup(of: Int.self) { group in
            for number in 0..<200 {
                group.addTask {
                    do {
                        try await database.write(in: account) { try Things.insert("\(number)", in: $0) }
                        return 1
                    } catch { return 0 }
                }
            }
            group.addTask {
                await database.close()
                return 0
            }
            return await group.reduce(0, +)
        }
        let again = try await open(folder)
        #expect(try await Things.texts(again, in: account).count == stored)
        await again.close()
    }

    @Test func `a copy made under load is a whole database`() async throws {
        let folder = try TemporaryFolder()
        let database = try await open(folder)
        let account = account
        for number in 0..<50 { try await database.write(in: account) { try Things.insert("\(number)", in: $0) } }
        async let more: Void = {
            for number in 50..<100 { try await database.write(in: account) { try Things.insert("\(number)", in: $0) } }
        }()
        let other = try TemporaryFolder()
        try database.backUp(to: other.url.appending(path: "data.sqlite"))
        try await more
        let copy = try await open(other)
        #expect(try await Things.texts(copy, in: account).count >= 50)
        await copy.close()
        await database.close()
    }

    /// F-06: another program holds the write lock.
    @Test func `a locked file is unavailable, not an error of ours`() async throws {
        let folder = try TemporaryFolder()
        let (database, other) = (try await open(folder), try await open(folder))
        let (inside, done) = (Recorder<Bool>(), DispatchSemaphore(value: 0))
        async let holder: Void = other.write(in: account) { _ in
            inside.append(true)
            _ = done.wait(timeout: .now() + 20)
        }
        try await eventually { inside.count == 1 }
        do {
            try await database.write(in: account) { try Things.insert("x", in: $0) }
            Issue.record("the write went through")
        } catch Problem.unavailable {}
        #expect(try await Things.texts(database, in: account).isEmpty)
        done.signal()
        try await holder
        try await database.write(in: account) { try Things.insert("y", in: $0) }
        await database.close()
        await other.close()
    }

    /// Counts the frames of the write-ahead log that end a transaction (their header holds the database's size).
    private func commits(_ folder: TemporaryFolder) throws -> Int {
        let log = [UInt8](try Data(contentsOf: folder.url.appending(path: "data.sqlite-wal")))
        guard log.count > 32 else { return 0 }
        func number(_ at: Int) -> Int { log[at..<(at + 4)].reduce(0) { $0 << 8 | Int($1) } }
        let frame = 24 + number(8)
        return stride(from: 32, to: log.count - frame + 1, by: frame)
            .count { number($0 + 4) != 0 && log[($0 + 8)..<($0 + 16)] == log[16..<24] }
    }
}
