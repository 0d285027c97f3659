import Kernel
import WireJSON

/// The field of a plugin's answer that cannot be used.
struct WireError: Error {
    let field: String
    init(_ field: String) { self.field = field }
}

/// Sizes beyond which a plugin's answer is refused.
enum WireLimit {
    static let answerBytes = 1 << 20
    static let identifier = 1_024
    static let name = 1_024
    static let text = 65_536
    static let url = 8_192
    static let state = 65_536
    static let events = 2_000
    static let list = 1_000
    static let bodyText = 262_144
}

/// Reading members of an answer. Null counts as missing; a value of another type is an error, not a missing one.
extension JSON.Object {
    func member(_ key: String) -> JSON? {
        guard let value = self[key], !value.isNull else { return nil }
        return value
    }

    func optionalText(_ key: String, max: Int = WireLimit.name) throws(WireError) -> String? {
        guard let value = member(key) else { return nil }
        guard let text = value.string, text.utf8.count <= max else { throw WireError(key) }
        return text
    }

    func text(_ key: String, max: Int = WireLimit.name) throws(WireError) -> String {
        guard let text = try optionalText(key, max: max) else { throw WireError(key) }
        return text
    }

    /// Not empty.
    func identifier(_ key: String) throws(WireError) -> String {
        let text = try text(key, max: WireLimit.identifier)
        guard !text.isEmpty else { throw WireError(key) }
        return text
    }

    func optionalIdentifier(_ key: String) throws(WireError) -> String? {
        member(key) == nil ? nil : try identifier(key)
    }

    func optionalInt(_ key: String, in range: ClosedRange<Int64> = 0...Int64.max) throws(WireError) -> Int64? {
        guard let value = member(key) else { return nil }
        guard let number = value.int, range.contains(number) else { throw WireError(key) }
        return number
    }

    func int(_ key: String, in range: ClosedRange<Int64> = 0...Int64.max) throws(WireError) -> Int64 {
        guard let number = try optionalInt(key, in: range) else { throw WireError(key) }
        return number
    }

    /// Missing is false.
    func flag(_ key: String) throws(WireError) -> Bool {
        guard let value = member(key) else { return false }
        guard let flag = value.bool else { throw WireError(key) }
        return flag
    }

    func optionalObject(_ key: String) throws(WireError) -> JSON.Object? {
        guard let value = member(key) else { return nil }
        guard let object = value.object else { throw WireError(key) }
        return object
    }

    func object(_ key: String) throws(WireError) -> JSON.Object {
        guard let object = try optionalObject(key) else { throw WireError(key) }
        return object
    }

    /// Missing is empty.
    func list<Element>(
        _ key: String, max: Int = WireLimit.list, _ read: (JSON) throws(WireError) -> Element
    ) throws(WireError) -> [Element] {
        guard let value = member(key) else { return [] }
        guard let values = value.array, values.count <= max else { throw WireError(key) }
        var result: [Element] = []
        result.reserveCapacity(values.count)
        for value in values { result.append(try read(value)) }
        return result
    }

    func objects<Element>(
        _ key: String, max: Int = WireLimit.list, _ read: (JSON.Object) throws(WireError) -> Element
    ) throws(WireError) -> [Element] {
        try list(key, max: max) { value throws(WireError) in
            guard let object = value.object else { throw WireError(key) }
            return try read(object)
        }
    }

    func texts(_ key: String, max: Int = WireLimit.list) throws(WireError) -> [String] {
        try list(key, max: max) { value throws(WireError) in
            guard let text = value.string, text.utf8.count <= WireLimit.identifier else { throw WireError(key) }
            return text
        }
    }

    func choice<Choice: RawRepresentable<String>>(_ key: String) throws(WireError) -> Choice {
        guard let text = try optionalText(key), let choice = Choice(rawValue: text) else { throw WireError(key) }
        return choice
    }

    func optionalInstant(_ key: String) throws(WireError) -> Instant? {
        guard let milliseconds = try optionalInt(key, in: Int64.min...Int64.max) else { return nil }
        return Instant(milliseconds: milliseconds)
    }

    /// Milliseconds, at most a year.
    func optionalDuration(_ key: String) throws(WireError) -> Duration? {
        try optionalInt(key, in: 0...31_622_400_000).map { .milliseconds($0) }
    }
}

extension Instant {
    /// Clamped to whole milliseconds: a provider's nonsense is the same moment when it is read back.
    init(milliseconds: Int64) {
        let most = Int64.max / 1_000
        self.init(microseconds: min(max(milliseconds, -most), most) * 1_000)
    }

    var milliseconds: Int64 { microseconds / 1_000 }
}

extension Duration {
    var wholeMilliseconds: Int64 { wholeMicroseconds / 1_000 }
}
