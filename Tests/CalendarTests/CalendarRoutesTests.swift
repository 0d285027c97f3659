import AuditInterface
import Calendar
import CalendarInterface
import Foundation
import HTTPTypes
import Kernel
import TestSupport
import Testing
import WebSupport

struct CalendarRoutesTests {
    let account = AccountID()
    let user = UserID()
    let time = VirtualTime()
    let audit = RecordingAuditTrail()

    private func module(_ engine: TestEngine) async throws -> CalendarModule {
        CalendarModule(
            database: try await engine.database(CalendarModule.migrations, sink: RecordingSink()), vault: try .forTests(),
            audit: audit, time: time, hasContact: { _, _ in true })
    }

    private func addRoom(_ name: String, to module: CalendarModule) async throws -> String {
        let answer = try await module.routes.call(
            .post, "/api/v1/calendar/resources", as: .owner(of: account, user: user),
            body: #"{"name":"\#(name)","kind":"staff"}"#)
        #expect(answer.status == 201)
        return try #require(try answer.object()["id"] as? String)
    }

    private func book(
        _ module: CalendarModule, _ resource: String, id: String, as principal: Principal? = nil
    ) async throws -> Answer {
        let start = time.now().advanced(by: .seconds(3_600))
        return try await module.routes.call(
            .post, "/api/v1/calendar/bookings", as: principal ?? .owner(of: account, user: user),
            body: """
                {"id":"\(id)","resource_id":"\(resource)","start":"\(start)","end":"\(start.advanced(by: .seconds(1_800)))"}
                """)
    }

    @Test(arguments: TestEngine.all)
    func `a booking goes from made to repeated to taken to cancelled`(engine: TestEngine) async throws {
        let module = try await module(engine)
        let resource = try await addRoom("Dr. Айгуль", to: module)
        let id = Identifier<BookingSubject>().description
        let made = try await book(module, resource, id: id)
        #expect(made.status == 201)
        #expect(Set(try made.object().keys) == ["id", "resource_id", "contact_id", "start", "end", "cancelled"])
        #expect(try made.object()["contact_id"] is NSNull)
        #expect(try await book(module, resource, id: id).status == 200)
        await #expect(throws: Problem.conflict("This time is taken.")) {
            _ = try await book(module, resource, id: Identifier<BookingSubject>().description)
        }
        let cancelled = try await module.routes.call(
            .delete, "/api/v1/calendar/bookings/{id}", as: .owner(of: account, user: user), parameters: ["id": id])
        #expect(cancelled.status == 204)
        let list = try await module.routes.call(
            .get, "/api/v1/calendar/bookings", as: .owner(of: account),
            query: "from=\(time.now())&to=\(time.now().advanced(by: .seconds(86_400)))"
        ).items()
        #expect(list.map { $0["cancelled"] as? Bool } == [true])
        #expect(audit.actions == ["resource.added", "booking.made", "booking.cancelled"])
        #expect(audit.entries.allSatisfy { $0.actor == .user(user) })
    }

    @Test(arguments: TestEngine.all)
    func `resources are listed by name for their account alone`(engine: TestEngine) async throws {
        let module = try await module(engine)
        let id = try await addRoom("Кабинет 1", to: module)
        let list = try await module.routes.call(.get, "/api/v1/calendar/resources", as: .owner(of: account)).items()
        #expect(list.map { $0["name"] as? String } == ["Кабинет 1"])
        #expect(list.map { $0["kind"] as? String } == ["staff"])
        let stranger = Principal.owner(of: AccountID())
        #expect(try await module.routes.call(.get, "/api/v1/calendar/resources", as: stranger).items().isEmpty)
        await #expect(throws: Problem.notFound) {
            _ = try await book(module, id, id: Identifier<BookingSubject>().description, as: stranger)
        }
    }

    @Test(arguments: [
        (#"{"name":"  ","kind":"room"}"#, "name"), (#"{"name":"A","kind":"boat"}"#, "kind"), (#"{"kind":"room"}"#, "name"),
        (#"{"name":"\#(String(repeating: "a", count: 101))","kind":"room"}"#, "name"),
    ])
    func `what is no resource is refused with its field`(body: String, field: String) async throws {
        let module = try await module(.sqlite)
        do {
            _ = try await module.routes.call(.post, "/api/v1/calendar/resources", as: .owner(of: account), body: body)
            Issue.record("accepted")
        } catch Problem.invalid(let named, _) { #expect(named == field) }
    }

    @Test(arguments: ["", "from=2026-03-02T00:00:00Z", "from=x&to=y"])
    func `a range needs both ends`(query: String) async throws {
        let module = try await module(.sqlite)
        await #expect(throws: Problem.self) {
            _ = try await module.routes.call(.get, "/api/v1/calendar/bookings", as: .owner(of: account), query: query)
        }
    }

    @Test func `every route has the calendar's permissions`() async throws {
        for route in try await module(.sqlite).routes {
            #expect(route.access == .permission(route.method == .get ? .readCalendar : .writeCalendar), "\(route.path)")
        }
    }
}
