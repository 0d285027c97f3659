import ChannelsInterface
import Kernel
import Testing

struct WorkingHoursTests {
    private func hours(_ zone: String, _ periods: (Int, String, String)...) -> WorkingHours {
        var hours = WorkingHours()
        hours.timeZone = zone
        hours.periods = periods.map { WorkingHours.Period(day: $0.0, from: $0.1, to: $0.2) }
        return hours
    }

    private func isOpen(_ hours: WorkingHours, at text: String) throws -> Bool { hours.isOpen(at: try #require(Instant(text))) }

    @Test func `without periods it is always open`() throws { #expect(try isOpen(hours("UTC"), at: "2026-11-22T03:00:00Z")) }

    @Test func `the place's clock counts`() throws {
        // Almaty is five hours ahead. 2026-11-23 is a Monday.
        let hours = hours("Asia/Almaty", (1, "09:00", "18:00"))
        #expect(try !isOpen(hours, at: "2026-11-23T03:59:59Z"))
        #expect(try isOpen(hours, at: "2026-11-23T04:00:00Z"))
        #expect(try isOpen(hours, at: "2026-11-23T12:59:59Z"))
        #expect(try !isOpen(hours, at: "2026-11-23T13:00:00Z"))
        #expect(try !isOpen(hours, at: "2026-11-24T06:00:00Z"))
    }

    @Test func `the clock's change in spring is followed`() throws {
        let hours = hours("Europe/Berlin", (1, "09:00", "10:00"))
        #expect(try isOpen(hours, at: "2026-03-23T08:30:00Z"))
        #expect(try !isOpen(hours, at: "2026-03-30T08:30:00Z"))
        #expect(try isOpen(hours, at: "2026-03-30T07:30:00Z"))
    }

    @Test func `a night's shift is two periods, and sunday is the seventh`() throws {
        let hours = hours("UTC", (7, "22:00", "24:00"), (1, "00:00", "06:00"))
        #expect(try isOpen(hours, at: "2026-11-22T23:59:59Z"))
        #expect(try isOpen(hours, at: "2026-11-23T00:00:00Z"))
        #expect(try !isOpen(hours, at: "2026-11-23T06:00:00Z"))
    }

    @Test func `what cannot be read closes nothing and opens nothing`() throws {
        #expect(try isOpen(hours("No/Where", (1, "09:00", "10:00")), at: "2026-11-22T03:00:00Z"))
        #expect(try !isOpen(hours("UTC", (1, "10:00", "09:00"), (1, "x", "y")), at: "2026-11-23T09:30:00Z"))
    }

    @Test(arguments: [("00:00", 0), ("09:05", 545), ("24:00", 1_440), ("23:59", 1_439)])
    func `minutes of a day`(text: String, minutes: Int) { #expect(WorkingHours.minutes(text) == minutes) }

    @Test(arguments: ["", "9:00", "24:01", "25:00", "12:60", "12-00", "+1:00", "１２:００", "12:000"])
    func `what is no time of a day`(text: String) { #expect(WorkingHours.minutes(text) == nil) }
}
