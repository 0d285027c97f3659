import Foundation
package import Kernel

/// When people are there to answer, by the clock of one place.
package struct WorkingHours: Codable, Hashable, Sendable {
    /// From a minute of a weekday up to another of the same day. A night's shift is two periods.
    package struct Period: Codable, Hashable, Sendable {
        /// 1 is Monday, 7 is Sunday.
        package var day: Int
        /// `HH:MM`, inclusive.
        package var from: String
        /// `HH:MM`, exclusive; `24:00` is the day's end.
        package var to: String

        package init(day: Int, from: String, to: String) { (self.day, self.from, self.to) = (day, from, to) }
    }

    /// As in the time zone database: `Asia/Almaty`.
    package var timeZone = "Asia/Almaty"
    /// None means that the chat is always open.
    package var periods: [Period] = []

    package init() {}

    /// Whether `now` is within a period. True where no period is set, and where the time zone is not known any more.
    package func isOpen(at now: Instant) -> Bool {
        guard !periods.isEmpty, let zone = TimeZone(identifier: timeZone) else { return true }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let date = Date(timeIntervalSince1970: Double(now.microseconds) / 1_000_000)
        let parts = calendar.dateComponents([.weekday, .hour, .minute], from: date)
        guard let weekday = parts.weekday, let hour = parts.hour, let minute = parts.minute else { return true }
        // Foundation's week begins with Sunday, as 1.
        let (day, time) = (weekday == 1 ? 7 : weekday - 1, hour * 60 + minute)
        return periods.contains { period in
            guard period.day == day, let from = Self.minutes(period.from), let to = Self.minutes(period.to) else { return false }
            return (from..<max(from, to)).contains(time)
        }
    }

    /// Minutes since the day's start, 0 to 1440; nil for what is no `HH:MM`.
    package static func minutes(_ text: String) -> Int? {
        let digits = Array(text.utf8)
        guard digits.count == 5, digits[2] == UInt8(ascii: ":") else { return nil }
        let numbers = [0, 1, 3, 4].compactMap { (48...57).contains(digits[$0]) ? Int(digits[$0]) - 48 : nil }
        guard numbers.count == 4 else { return nil }
        let (hour, minute) = (numbers[0] * 10 + numbers[1], numbers[2] * 10 + numbers[3])
        guard minute < 60, hour < 24 || (hour == 24 && minute == 0) else { return nil }
        return hour * 60 + minute
    }
}
