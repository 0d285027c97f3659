import ChannelsInterface
import Kernel
import Testing

@testable import Channels

/// The clock on the wall of a place decides, whatever it does.
struct QuietHoursTests {
    private let everyDay = Array(1...7)

    private func rules(_ zone: String, _ from: String, _ to: String, days: [Int] = Array(1...7)) -> SendingRules {
        SendingRules(timeZone: zone, quietHours: [.init(days: days, from: from, to: to)], dailyCap: nil)
    }

    private func end(_ rules: SendingRules, _ at: String) throws -> String? {
        try rules.checked().end(at: try #require(Instant(at)))?.description
    }

    @Test(
        arguments: [
            // 21:00–09:00 in Almaty is 16:00–04:00 UTC.
            ("2026-03-02T15:59:59.999Z", nil), ("2026-03-02T16:00:00.000Z", "2026-03-03T04:00:00.000Z"),
            ("2026-03-02T23:30:12.345Z", "2026-03-03T04:00:00.000Z"), ("2026-03-03T03:59:59.999Z", "2026-03-03T04:00:00.000Z"),
            ("2026-03-03T04:00:00.000Z", nil),
        ] as [(String, String?)])
    func `a window over midnight begins and ends by the place's clock`(at: String, expected: String?) throws {
        #expect(try end(rules("Asia/Almaty", "21:00", "09:00"), at) == expected)
    }

    @Test func `days are those on which a window begins`() throws {
        // Friday evening to Saturday morning only; 6 March 2026 is a Friday.
        let friday = rules("UTC", "22:00", "06:00", days: [5])
        #expect(try end(friday, "2026-03-06T23:00:00.000Z") == "2026-03-07T06:00:00.000Z")
        #expect(try end(friday, "2026-03-07T05:00:00.000Z") == "2026-03-07T06:00:00.000Z")
        #expect(try end(friday, "2026-03-07T23:00:00.000Z") == nil)
        #expect(try end(friday, "2026-03-06T05:00:00.000Z") == nil)
        // Sunday's reaches into Monday, over the end of the week.
        #expect(try end(rules("UTC", "22:00", "06:00", days: [7]), "2026-03-09T01:00:00.000Z") == "2026-03-09T06:00:00.000Z")
    }

    @Test func `windows that follow upon each other are one`() throws {
        var rules = rules("UTC", "20:00", "00:00")
        rules.quietHours.append(.init(days: everyDay, from: "00:00", to: "08:00"))
        rules.quietHours.append(.init(days: [6, 7], from: "08:00", to: "12:00"))
        #expect(try end(rules, "2026-03-06T21:00:00.000Z") == "2026-03-07T12:00:00.000Z")
    }

    /// Berlin: on 29 March 2026 02:00 becomes 03:00, on 25 October 03:00 becomes 02:00. New York: 8 March and 1 November.
    @Test(arguments: [
        // The night in which an hour is missing ends an hour of UTC earlier.
        ("Europe/Berlin", "21:00", "09:00", "2026-03-28T23:00:00.000Z", "2026-03-29T07:00:00.000Z"),
        // The night with an hour twice lasts longer.
        ("Europe/Berlin", "21:00", "09:00", "2026-10-24T22:00:00.000Z", "2026-10-25T08:00:00.000Z"),
        // An end that no clock shows is the moment the clock jumps over it.
        ("Europe/Berlin", "21:00", "02:30", "2026-03-28T23:00:00.000Z", "2026-03-29T01:00:00.000Z"),
        ("America/New_York", "22:00", "08:00", "2026-03-08T04:00:00.000Z", "2026-03-08T12:00:00.000Z"),
        ("America/New_York", "22:00", "08:00", "2026-11-01T03:00:00.000Z", "2026-11-01T13:00:00.000Z"),
    ])
    func `a change of the clocks moves the end`(night: (zone: String, from: String, to: String, at: String, end: String)) throws {
        #expect(try end(rules(night.zone, night.from, night.to), night.at) == night.end)
    }

    @Test func `an hour that comes twice is quiet both times`() throws {
        let hours = rules("Europe/Berlin", "02:00", "02:30")
        #expect(try end(hours, "2026-10-25T00:10:00.000Z") == "2026-10-25T00:30:00.000Z")
        #expect(try end(hours, "2026-10-25T00:40:00.000Z") == nil)
        #expect(try end(hours, "2026-10-25T01:10:00.000Z") == "2026-10-25T01:30:00.000Z")
    }

    @Test func `the end is never quiet and never before the moment, over two years of every zone's changes`() throws {
        for zone in [
            "Asia/Almaty", "Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca",
        ] {
            var rules = rules(zone, "21:30", "08:15")
            rules.quietHours.append(.init(days: [1, 3], from: "12:00", to: "13:00"))
            let hours = try rules.checked()
            var at = try #require(Instant("2025-01-01T00:00:00.000Z"))
            for _ in 0..<17_000 {
                at = at.advanced(by: .seconds(3_701))
                guard let end = hours.end(at: at) else { continue }
                #expect(end > at && hours.end(at: end) == nil && end.duration(since: at) < .seconds(15 * 3_600), "\(zone) \(at)")
                #expect(hours.end(at: end.advanced(by: .milliseconds(-1))) != nil, "\(zone) \(at): not a moment too late")
            }
        }
    }

    @Test func `a day is the place's, 23, 24 or 25 hours long`() throws {
        let hours = try rules("Europe/Berlin", "21:00", "09:00").checked()
        for (at, length) in [
            ("2026-03-29T12:00:00.000Z", 23), ("2026-03-30T12:00:00.000Z", 24), ("2026-10-25T12:00:00.000Z", 25),
        ] {
            let day = hours.dayAround(try #require(Instant(at)))
            #expect(day.upperBound.duration(since: day.lowerBound) == .seconds(Int64(length) * 3_600))
        }
    }

    @Test(arguments: [
        SendingRules(timeZone: "Mars/Olympus", quietHours: [], dailyCap: nil),
        SendingRules(timeZone: "UTC", quietHours: [.init(days: [], from: "21:00", to: "09:00")], dailyCap: nil),
        SendingRules(timeZone: "UTC", quietHours: [.init(days: [0], from: "21:00", to: "09:00")], dailyCap: nil),
        SendingRules(timeZone: "UTC", quietHours: [.init(days: [8], from: "21:00", to: "09:00")], dailyCap: nil),
        SendingRules(timeZone: "UTC", quietHours: [.init(days: [1], from: "24:00", to: "09:00")], dailyCap: nil),
        SendingRules(timeZone: "UTC", quietHours: [.init(days: [1], from: "21:60", to: "09:00")], dailyCap: nil),
        SendingRules(timeZone: "UTC", quietHours: [.init(days: [1], from: "-1:00", to: "09:00")], dailyCap: nil),
        SendingRules(timeZone: "UTC", quietHours: [.init(days: [1], from: "9:00", to: "")], dailyCap: nil),
        SendingRules(
            timeZone: "UTC", quietHours: [.init(days: [1, 2, 3, 4, 5, 6, 7], from: "09:00", to: "09:00")], dailyCap: nil),
        SendingRules(timeZone: "UTC", quietHours: [], dailyCap: 0),
        SendingRules(timeZone: "UTC", quietHours: [], dailyCap: .max),
    ])
    func `rules that no clock shows, or that never end, are refused`(rules: SendingRules) {
        #expect(throws: Problem.self) { try rules.checked() }
    }

    @Test func `a cap lasts until the place's midnight, and quiet hours after it`() throws {
        var rules = rules("Asia/Almaty", "21:00", "09:00")
        rules.dailyCap = 2
        let noon = try #require(Instant("2026-03-02T07:00:00.000Z"))
        #expect(try rules.hold(at: noon) { _ in 1 } == nil)
        let held = try #require(
            try rules.hold(at: noon) { day in
                #expect(day.lowerBound.description == "2026-03-01T19:00:00.000Z")
                return 2
            })
        #expect(held.reason == .dailyCap && held.until.description == "2026-03-03T04:00:00.000Z")
    }
}
