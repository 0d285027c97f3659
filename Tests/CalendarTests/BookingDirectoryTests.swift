import AuditInterface
import CalendarInterface
import Kernel
import Persistence
import TestSupport
import Testing
import Vault

@testable import Calendar

struct BookingDirectoryTests {
    typealias BookingID = Identifier<BookingSubject>

    let account = AccountID()
    let time = VirtualTime()
    let sink = RecordingSink()
    let audit = RecordingAuditTrail()
    let resource = Identifier<ResourceSubject>()
    let contact = ContactID()

    /// Bookings over a database that has one room, and one more in another account's hands.
    private func directory(_ engine: TestEngine) async throws -> LiveBookingDirectory {
        let database = try await engine.database(CalendarModule.migrations, sink: sink)
        try await addRoom(resource, to: database)
        let (known, owner) = (contact, account)
        return LiveBookingDirectory(database: database, audit: audit, time: time) { $0 == known && $1 == owner }
    }

    private func addRoom(_ id: Identifier<ResourceSubject>, to database: any Database) async throws {
        let room = StoredResource(id: id, kind: .room, name: Sealed(stored: [1]), createdAt: time.now())
        try await database.write(in: account) { [account] in
            try ResourceStore(transaction: $0).insert(room, into: account)
        }
    }

    /// `from` and `to` in minutes from now.
    private func wish(
        _ from: Int, _ to: Int, id: BookingID = .init(), on other: Identifier<ResourceSubject>? = nil, contact: ContactID? = nil
    ) -> BookingRequest {
        BookingRequest(
            id: id, resource: other ?? resource, contact: contact, start: time.now().advanced(by: .seconds(from * 60)),
            end: time.now().advanced(by: .seconds(to * 60)))
    }

    private func all(_ directory: LiveBookingDirectory) async throws -> [Booking] {
        try await directory.bookings(
            from: time.now().advanced(by: .seconds(-86_400)), to: time.now().advanced(by: .seconds(30 * 86_400)), account: account
        )
    }

    @Test(arguments: TestEngine.all)
    func `A-67 of 100 parallel bookings of one slot exactly one is made`(engine: TestEngine) async throws {
        let directory = try await directory(engine)
        let wishes = (0..<100).map { _ in wish(60, 90) }
        let (made, refused) = try await withThrowingTaskGroup(of: Bool.self) { group in
            for wish in wishes {
                group.addTask {
                    do {
                        _ = try await directory.book(wish, account: account)
                        return true
                    } catch Problem.conflict { return false }
                }
            }
            return try await group.reduce(into: (0, 0)) { sums, made in if made { sums.0 += 1 } else { sums.1 += 1 } }
        }
        #expect((made, refused) == (1, 99))
        #expect(try await all(directory).count == 1)
        #expect(sink.events(of: BookingMade.self).count == 1)
        #expect(audit.actions == ["booking.made"])
    }

    @Test(arguments: TestEngine.all)
    func `I12 active bookings of one resource never overlap, however they race`(engine: TestEngine) async throws {
        let directory = try await directory(engine)
        let random = Randomness.seeded(7)
        let wishes = (0..<120).map { _ in
            let start = 10 + Int(random.next() % 300)
            return wish(start, start + 5 + Int(random.next() % 40))
        }
        await withTaskGroup { group in
            for (index, wish) in wishes.enumerated() {
                group.addTask {
                    guard (try? await directory.book(wish, account: account)) != nil, index % 4 == 0 else { return }
                    try? await directory.cancel(wish.id, account: account)
                }
            }
        }
        let active = try await all(directory).filter { !$0.cancelled }.sorted { $0.start < $1.start }
        #expect(active.count > 1)
        for (earlier, later) in zip(active, active.dropFirst()) { #expect(earlier.end <= later.start) }
    }

    @Test(arguments: TestEngine.all, [(30, 90), (60, 90), (70, 80), (80, 120), (30, 61), (89, 100)])
    func `any overlap is a conflict`(engine: TestEngine, minutes: (Int, Int)) async throws {
        let directory = try await directory(engine)
        _ = try await directory.book(wish(60, 90), account: account)
        await #expect(throws: Problem.conflict("This time is taken.")) {
            _ = try await directory.book(wish(minutes.0, minutes.1), account: account)
        }
    }

    @Test(arguments: TestEngine.all)
    func `adjacent times, another resource and a cancelled time are free`(engine: TestEngine) async throws {
        let directory = try await directory(engine)
        let second = Identifier<ResourceSubject>()
        try await addRoom(second, to: directory.database)
        let first = try await directory.book(wish(60, 90), account: account)
        _ = try await directory.book(wish(30, 60), account: account)
        _ = try await directory.book(wish(90, 120), account: account)
        _ = try await directory.book(wish(60, 90, on: second), account: account)
        try await directory.cancel(first.id, account: account)
        _ = try await directory.book(wish(60, 90), account: account)
        #expect(try await all(directory).filter { !$0.cancelled }.count == 4)
    }

    @Test(arguments: TestEngine.all)
    func `a whole day's booking blocks its last minute`(engine: TestEngine) async throws {
        let directory = try await directory(engine)
        _ = try await directory.book(wish(10, 10 + 1_440), account: account)
        await #expect(throws: Problem.conflict("This time is taken.")) {
            _ = try await directory.book(wish(1_449, 1_500), account: account)
        }
        _ = try await directory.book(wish(1_450, 1_500), account: account)
    }

    @Test(
        arguments: TestEngine.all,
        [(-1, 30, "start"), (60, 60, "end"), (60, 59, "end"), (60, 60 + 1_441, "end"), (60, 60 + 144_000, "end")])
    func `a past slot, an end before the start and more than 24 hours are refused`(
        engine: TestEngine, wrong: (from: Int, to: Int, field: String)
    ) async throws {
        let directory = try await directory(engine)
        do {
            _ = try await directory.book(wish(wrong.from, wrong.to), account: account)
            Issue.record("booked")
        } catch Problem.invalid(let field, _) { #expect(field == wrong.field) }
        #expect(try await all(directory).isEmpty)
    }

    @Test(arguments: TestEngine.all)
    func `moments at the ends of time are refused and trap nothing`(engine: TestEngine) async throws {
        let directory = try await directory(engine)
        for (start, end) in [(Int64.min, Int64.max), (.min, .min), (.max, .max), (.max, .min)] {
            let wish = BookingRequest(
                id: .init(), resource: resource, contact: nil, start: Instant(microseconds: start),
                end: Instant(microseconds: end))
            await #expect(throws: Problem.self) { _ = try await directory.book(wish, account: account) }
        }
    }

    @Test(arguments: TestEngine.all)
    func `the same request books once, even after its time has come`(engine: TestEngine) async throws {
        let directory = try await directory(engine)
        let wish = wish(60, 90, contact: contact)
        let first = try await directory.book(wish, account: account, actor: .bot)
        time.advance(by: .seconds(7_200))
        let again = try await directory.book(wish, account: account, actor: .bot)
        #expect(first.isNew && !again.isNew)
        #expect(again.booking.id == wish.id && again.booking.contact == contact)
        #expect(sink.events(of: BookingMade.self).map(\.booking) == [wish.id])
        #expect(audit.entries.map(\.actor) == [.bot])
    }

    @Test(arguments: TestEngine.all)
    func `an id serves one booking only, also when two resources race for it`(engine: TestEngine) async throws {
        let directory = try await directory(engine)
        let second = Identifier<ResourceSubject>()
        try await addRoom(second, to: directory.database)
        let id = BookingID()
        let wishes = (0..<20).map { wish(60, 90, id: id, on: $0 % 2 == 0 ? resource : second) }
        await withTaskGroup { group in
            for wish in wishes { group.addTask { _ = try? await directory.book(wish, account: account) } }
        }
        #expect(try await all(directory).count == 1)
        await #expect(throws: Problem.conflict("This id belongs to another booking.")) {
            _ = try await directory.book(wish(200, 230, id: id), account: account)
        }
    }

    @Test(arguments: TestEngine.all)
    func `A-02 another account's resource, booking and contact do not exist`(engine: TestEngine) async throws {
        let directory = try await directory(engine)
        let booking = try await directory.book(wish(60, 90), account: account)
        let other = AccountID()
        await #expect(throws: Problem.notFound) { _ = try await directory.book(wish(60, 90), account: other) }
        await #expect(throws: Problem.notFound) { try await directory.cancel(booking.id, account: other) }
        await #expect(throws: Problem.notFound) {
            _ = try await directory.book(wish(100, 110, contact: ContactID()), account: account)
        }
        let seen = try await directory.bookings(
            from: time.now(), to: time.now().advanced(by: .seconds(86_400)), account: other)
        #expect(seen.isEmpty)
        #expect(try await all(directory).map(\.cancelled) == [false])
    }

    @Test(arguments: TestEngine.all)
    func `cancelling twice is harmless, cancelling nothing is not found`(engine: TestEngine) async throws {
        let directory = try await directory(engine)
        let booking = try await directory.book(wish(60, 90), account: account)
        try await directory.cancel(booking.id, account: account)
        try await directory.cancel(booking.id, account: account)
        #expect(try await all(directory).map(\.cancelled) == [true])
        #expect(audit.actions == ["booking.made", "booking.cancelled"])
        await #expect(throws: Problem.notFound) { try await directory.cancel(.init(), account: account) }
    }

    @Test(arguments: TestEngine.all)
    func `a range shows what touches it, by start`(engine: TestEngine) async throws {
        let directory = try await directory(engine)
        for (from, to) in [(120, 180), (60, 120), (180, 240)] { _ = try await directory.book(wish(from, to), account: account) }
        func starts(_ from: Int, _ to: Int) async throws -> [Int] {
            let range = wish(from, to)
            return try await directory.bookings(from: range.start, to: range.end, account: account)
                .map { Int($0.start.duration(since: time.now()).inSeconds) / 60 }
        }
        #expect(try await starts(0, 300) == [60, 120, 180])
        #expect(try await starts(119, 121) == [60, 120])
        #expect(try await starts(120, 180) == [120])
        #expect(try await starts(240, 300) == [])
        await #expect(throws: Problem.self) { _ = try await starts(10, 10) }
        await #expect(throws: Problem.self) { _ = try await starts(0, 92 * 1_440 + 1) }
        #expect(try await starts(0, 92 * 1_440).count == 3)
    }

    @Test(arguments: TestEngine.all)
    func `T39 the data map names every column`(engine: TestEngine) async throws {
        let database = try await engine.database(CalendarModule.migrations)
        let columns = try await database.columns(ofTablesNamed: "calendar_")
        #expect(columns == CalendarModule.dataMap.mapValues { Set($0.keys) })
    }
}
