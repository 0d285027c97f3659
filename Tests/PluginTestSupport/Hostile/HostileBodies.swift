package import struct PluginHost.NameValue

/// Bodies that no provider sends and every plugin refuses.
package enum HostileBodies {
    /// No JSON, or none that is an object.
    package static let noObject = [
        "", " ", "{", "null", "[]", "1", "\"a\"", "{]", "{,}", "{}x", String(repeating: "[", count: 100_000),
        String(repeating: #"{"a":"#, count: 100_000),
    ]

    /// `document`, an object that the plugin would read, spoilt in every way that a parser could overlook.
    package static func spoilt(_ document: String) -> [String] {
        let values = [
            "NaN", "1e400", #""\ud800""#, #""\u0000""#, "01", "'a'", "",
            String(repeating: "[", count: 70) + String(repeating: "]", count: 70),
            "[" + String(repeating: "0,", count: 200_001) + "0]",
        ]
        return ["\u{FEFF}" + document, document + "x", document + document, "[\(document)]", document.dropLast() + ",}"]
            + values.map { with($0, in: document) } + [document.dropLast() + #","zz":1,"zz":2}"#]
    }

    /// `document` with a text that is not UTF-8.
    package static func notUTF8(_ document: String) -> [UInt8] {
        Array((document.dropLast() + #","zz":""#).utf8) + [0xC3, 0x28] + Array(#""}"#.utf8)
    }

    private static func with(_ value: String, in document: String) -> String { document.dropLast() + #","zz":\#(value)}"# }
}

/// Values that are not the secret, though they look, start or end like it.
package enum ForgedSecrets {
    package static func values(of secret: String) -> [String] {
        [
            "", " ", String(secret.dropLast()), String(secret.dropFirst()), secret + "0", "0" + secret, secret + secret,
            secret.uppercased(), secret.lowercased(), " " + secret, secret + " ", secret + "\t", secret + "\n", "\"\(secret)\"",
            "Bearer \(secret)", "sha256=\(secret)", "\(secret),\(secret)", "null", "undefined", "true", "*", "%", "…",
            String(repeating: "k", count: secret.count), String(secret.reversed()), secret.replacing("_", with: "＿"),
            String(repeating: secret, count: 1_000),
        ]
    }

    /// Each of the values under `name`, and the secret itself where it decides nothing: doubled, beside another, under other names.
    package static func pairs(_ name: String, _ secret: String, others: [String]) -> [[NameValue]] {
        values(of: secret).map { [NameValue(name, $0)] } + others.map { [NameValue($0, secret)] } + [
            [], [NameValue(name, secret), NameValue(name, secret)], [NameValue(name, "x"), NameValue(name, secret)],
            [NameValue(name, secret), NameValue(name, "x")],
        ]
    }
}
