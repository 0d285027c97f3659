import Foundation
import Kernel

/// The hours of a week in which nothing of our own accord is sent, by the clock on the wall of one place.
///
/// An hour that the clock leaves out in spring is not waited for; one that it shows twice in autumn is quiet both times.
struct QuietHours: Sendable {
    struct Window: Sendable {
        /// 1 is Monday. The days on which it begins.
        let days: Set<Int>
        /// Seconds of the day. An end that is not after the beginning lies on the next day.
        let from: Int64
        let to: Int64
    }

    let zone: TimeZone
    let windows: [Window]

    private static let day: Int64 = 86_400

    /// When the quiet hours end that `moment` lies in; nil when it lies in none.
    func end(at moment: Instant) -> Instant? {
        var at = moment
        // Windows may follow upon each other; a week has no more ends than this.
        for _ in 0..<64 {
            guard let rest = remaining(at) else { return at == moment ? nil : at }
            let next = at.advanced(by: rest)
            if let change = zone.nextDaylightSavingTimeTransition(after: Self.date(at)), Self.instant(change) < next,
                Self.instant(change) > at
            {
                at = Self.instant(change)
            } else {
                at = next
            }
        }
        return at
    }

    /// Whether some minute of the week is free.
    var leavesTime: Bool {
        (1...7).contains { weekday in
            stride(from: Int64(0), to: Self.day, by: 60).contains { remaining(weekday, $0) == nil }
        }
    }

    /// The day of `moment`, from its first moment to the next day's.
    func dayAround(_ moment: Instant) -> Range<Instant> {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        guard let found = calendar.dateInterval(of: .day, for: Self.date(moment)) else {
            return moment..<moment.advanced(by: .seconds(Self.day))
        }
        return Self.instant(found.start)..<Self.instant(found.end)
    }

    /// How long the furthest window around `moment` lasts, if the clocks are not changed before.
    private func remaining(_ moment: Instant) -> Duration? {
        let whole = Int64((Double(moment.microseconds) / 1_000_000).rounded(.down))
        let local = whole + Int64(zone.secondsFromGMT(for: Self.date(moment)))
        let days = Int64((Double(local) / Double(Self.day)).rounded(.down))
        // 1 January 1970 was a Thursday.
        let weekday = Int(((days + 3) % 7 + 7) % 7) + 1
        guard let seconds = remaining(weekday, local - days * Self.day) else { return nil }
        return .seconds(seconds) - .microseconds(moment.microseconds - whole * 1_000_000)
    }

    private func remaining(_ weekday: Int, _ second: Int64) -> Int64? {
        let yesterday = weekday == 1 ? 7 : weekday - 1
        return windows.compactMap { window -> Int64? in
            let crossesMidnight = window.to <= window.from
            if window.days.contains(weekday), second >= window.from, crossesMidnight || second < window.to {
                return window.to - second + (crossesMidnight ? Self.day : 0)
            }
            if crossesMidnight, window.days.contains(yesterday), second < window.to { return window.to - second }
            return nil
        }.max()
    }

    private static func date(_ instant: Instant) -> Date { Date(timeIntervalSince1970: Double(instant.microseconds) / 1_000_000) }
    private static func instant(_ date: Date) -> Instant { Instant(seconds: Int64(date.timeIntervalSince1970.rounded())) }
}
