import Foundation
import Kernel
import Testing

struct InstantTests {
    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("1969-12-31T23:59:59.999999Z", -1), ("2000-02-29T00:00:00Z", 951_782_400_000_000),
            ("2026-11-22T20:47:33.123456Z", 1_795_380_453_123_456), ("2026-11-22t20:47:33z", 1_795_380_453_000_000),
            ("2026-11-22 20:47:33Z", 1_795_380_453_000_000), ("2026-11-23T01:47:33+05:00", 1_795_380_453_000_000),
            ("2026-11-22T08:47:33-12:00", 1_795_380_453_000_000), ("2026-11-22T20:47:33.1Z", 1_795_380_453_100_000),
            ("2026-11-22T20:47:33.123456789Z", 1_795_380_453_123_456), ("9999-12-31T23:59:59Z", 253_402_300_799_000_000),
            ("0000-01-01T00:00:00Z", -62_167_219_200_000_000),
        ] as [(String, Int64)]) func `RFC 3339 is read`(text: String, microseconds: Int64)
    {
        #expect(Instant(text)?.microseconds == microseconds)
    }

    @Test func `what is written is read back, to the millisecond, in every year`() {
        var state: UInt64 = 88_172_645_463_325_252
        for _ in 0..<20_000 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            // 0000-01-01 to 9999-12-31.
            let microseconds = -62_167_219_200_000_000 + Int64(state % 315_569_519_999_999_999)
            let instant = Instant(microseconds: microseconds - ((microseconds % 1_000) + 1_000) % 1_000)
            #expect(Instant(instant.description) == instant)
        }
    }

    @Test func `the calendar agrees with Foundation's`() {
        let formatter = ISO8601DateFormatter()
        for day in stride(from: Int64(-40_000), through: 80_000, by: 13) {
            let instant = Instant(seconds: day * 86_400 + 43_261)
            let expected = formatter.string(from: Date(timeIntervalSince1970: Double(day * 86_400 + 43_261)))
            #expect(instant.description == expected.replacingOccurrences(of: "Z", with: ".000Z"))
        }
    }

    @Test(arguments: [(1900, false), (2000, true), (2023, false), (2024, true), (2100, false), (2400, true)])
    func `the 29th of February exists in leap years alone`(year: Int, isLeap: Bool) {
        #expect((Instant("\(year)-02-29T12:00:00Z") != nil) == isLeap)
    }

    @Test(arguments: [
        "", "now", "2026-11-22", "2026-11-22T20:47:33", "2026-11-22T20:47Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
        "2026-01-00T00:00:00Z", "2026-01-32T00:00:00Z", "2026-02-30T00:00:00Z", "2026-04-31T00:00:00Z", "2026-11-22T24:00:00Z",
        "2026-11-22T20:60:00Z", "2026-11-22T20:47:61Z", "2026-11-22T20:47:33.Z", "2026-11-22T20:47:33.", "2026-11-22T20:47:33+05",
        "2026-11-22T20:47:33+05:0", "2026-11-22T20:47:33+0500", "2026-11-22T20:47:33+24:00", "2026-11-22T20:47:33+05:60",
        "2026-11-22T20:47:33Zz", "2026-11-22T20:47:33Z ", " 2026-11-22T20:47:33Z", "+026-11-22T20:47:33Z", "２０26-11-22T20:47:33Z",
        "2026/11/22T20:47:33Z", "2026-11-22X20:47:33Z", "2026-11-22T20:47:33.12345678901234567890Z", "2026-11-22T20:47:33\u{0}Z",
        String(repeating: "9", count: 100_000),
    ]) func `anything else is no time`(text: String) {
        #expect(Instant(text) == nil)
    }

    @Test func `nonsense is clamped instead of trapping`() {
        #expect(Instant(seconds: .max).microseconds == .max)
        #expect(Instant(seconds: .min).microseconds == .min)
        #expect(Instant(microseconds: .max).advanced(by: .seconds(1)).microseconds == .max)
        #expect(Instant(microseconds: .min).advanced(by: .seconds(-1)).microseconds == .min)
        #expect(Instant(microseconds: 0).advanced(by: .seconds(Int64.max)).microseconds == .max)
        #expect(Instant(microseconds: 0).advanced(by: .seconds(Int64.min)).microseconds == .min)
        #expect(Instant(microseconds: .max).duration(since: Instant(microseconds: .min)) == .microseconds(Int64.max))
        #expect(Instant(microseconds: .min).duration(since: Instant(microseconds: .max)) == .microseconds(Int64.min))
        for edge in [Instant(microseconds: .min), Instant(microseconds: .max)] { #expect(!edge.description.isEmpty) }
    }

    @Test func `a duration's microseconds keep their sign`() {
        #expect(Duration.milliseconds(-1_500).wholeMicroseconds == -1_500_000)
        #expect(Duration.nanoseconds(-1_999).wholeMicroseconds == -1)
        #expect(Duration.seconds(90).inSeconds == 90)
    }

    @Test func `time in JSON is RFC 3339`() throws {
        let data = try JSONEncoder().encode([Instant(microseconds: 1_500)])
        #expect(String(decoding: data, as: UTF8.self) == "[\"1970-01-01T00:00:00.001Z\"]")
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([Instant].self, from: Data("[\"yesterday\"]".utf8)) }
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([Instant].self, from: Data("[12]".utf8)) }
    }

    @Test func `the system's uptime never goes back`() {
        let time = SystemTime()
        let readings = (0..<1_000).map { _ in time.uptime() }
        #expect(readings == readings.sorted())
    }
}
