import ChannelsInterface
import Foundation
import Kernel

/// When, and how often a day, contacts may be written to of our own accord. An account has rules, and a channel may have its own instead.
struct SendingRules: Codable, Hashable, Sendable {
    struct Quiet: Codable, Hashable, Sendable {
        /// 1 is Monday. The days on which the window begins.
        var days: [Int]
        /// `21:00`
        var from: String
        /// An end that is not after the beginning lies on the next day.
        var to: String
    }

    /// `Asia/Almaty`
    var timeZone: String
    var quietHours: [Quiet]
    /// Messages that are no answers, to one contact in one day; nil for any number.
    var dailyCap: Int?

    static let anything = SendingRules(timeZone: "UTC", quietHours: [], dailyCap: nil)
    private static let mostWindows = 14
    private static let highestCap = 1_000

    var isEmpty: Bool { quietHours.isEmpty && dailyCap == nil }

    /// Throws `Problem.invalid` for what no clock shows, and for quiet hours that never end.
    func checked() throws -> QuietHours {
        guard timeZone.count <= 64, let zone = TimeZone(identifier: timeZone) else {
            throw Problem.invalid(field: "time_zone", "expected a name such as Asia/Almaty")
        }
        guard quietHours.count <= Self.mostWindows else {
            throw Problem.invalid(field: "quiet_hours", "at most \(Self.mostWindows) windows")
        }
        if let dailyCap, !(1...Self.highestCap).contains(dailyCap) {
            throw Problem.invalid(field: "daily_cap", "expected a number from 1 to \(Self.highestCap)")
        }
        let windows = try quietHours.map { quiet in
            guard !quiet.days.isEmpty, quiet.days.allSatisfy((1...7).contains) else {
                throw Problem.invalid(field: "quiet_hours", "days are numbers from 1 (Monday) to 7")
            }
            return QuietHours.Window(
                days: Set(quiet.days), from: try Self.seconds(quiet.from), to: try Self.seconds(quiet.to))
        }
        let hours = QuietHours(zone: zone, windows: windows)
        guard windows.isEmpty || hours.leavesTime else {
            throw Problem.invalid(field: "quiet_hours", "they never end: leave some time of the week free")
        }
        return hours
    }

    /// Why a message that is no answer may not leave at `moment`. `sent` counts what the contact got in a range of time.
    func hold(at moment: Instant, sent: (Range<Instant>) throws -> Int) throws -> SendingHold? {
        let hours = try checked()
        var (at, reason) = (moment, SendingHold.Reason.quietHours)
        if let dailyCap {
            let today = hours.dayAround(at)
            if try sent(today) >= dailyCap { (at, reason) = (today.upperBound, .dailyCap) }
        }
        if let end = hours.end(at: at) { at = end }
        return at > moment ? SendingHold(reason: reason, until: at) : nil
    }

    private static func seconds(_ text: String) throws -> Int64 {
        guard let minutes = WorkingHours.minutes(text), minutes < 1_440 else {
            throw Problem.invalid(field: "quiet_hours", "times are written 21:00")
        }
        return Int64(minutes) * 60
    }
}
