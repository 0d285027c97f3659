import Foundation
package import Kernel

extension EgressHeaders {
    /// How long the other side asks to wait (`Retry-After`): seconds, or an HTTP date. Never negative; nil when it does not ask.
    package func retryAfter(at now: Instant) -> Duration? {
        guard let text = self["retry-after"] else { return nil }
        if let value = Double(text), value >= 0, value < 1e9 { return .milliseconds(Int64(value * 1_000)) }
        let format = Date.VerbatimFormatStyle(
            format:
                "\(weekday: .abbreviated), \(day: .twoDigits) \(month: .abbreviated) \(year: .defaultDigits) \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\(second: .twoDigits) GMT",
            locale: Locale(identifier: "en_US_POSIX"), timeZone: .gmt, calendar: Calendar(identifier: .gregorian))
        guard let date = try? Date(text, strategy: format.parseStrategy) else { return nil }
        let seconds = date.timeIntervalSince1970
        guard seconds > 0, seconds < 1e11 else { return nil }
        return max(.zero, Instant(seconds: Int64(seconds)).duration(since: now))
    }
}
