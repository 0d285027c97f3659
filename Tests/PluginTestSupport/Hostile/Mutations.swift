package import WireJSON

/// Documents with each of their values, at every depth, replaced by values of every other type.
package enum Mutations {
    package static let values: [JSON] = [
        .null, true, 0, -1, .int(.max), .int(.min), 1e300, -0.5, "", "текст", "{", "{\"a\":1}", [], [[:]], [1, "a", .null], [:],
        ["id": .int(.max), "user_id": .int(.max), "1x1": .int(.max)], .string(String(repeating: "ы", count: 5_000)),
    ]

    /// Empty for what is no JSON.
    package static func of(_ document: String, by values: [JSON] = values) -> [String] {
        guard let document = try? JSON.parse(document) else { return [] }
        return values.flatMap { replacements(of: document, by: $0) }.map(\.text)
    }

    private static func replacements(of value: JSON, by other: JSON) -> [JSON] {
        switch value {
        case .object(let object):
            object.members.indices.flatMap { index in
                ([other] + replacements(of: object.members[index].value, by: other)).map { changed in
                    var copy = object
                    copy.members[index].value = changed
                    return JSON.object(copy)
                }
            }
        case .array(let values):
            values.indices.flatMap { index in
                ([other] + replacements(of: values[index], by: other)).map { changed in
                    var copy = values
                    copy[index] = changed
                    return JSON.array(copy)
                }
            }
        default: []
        }
    }
}

/// A small generator: the same numbers in every run.
package struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        let mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
        let twice = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return twice ^ twice >> 31
    }
}
