import PluginHost

/// How plugins are loaded whatever is set in the plugin folder, as the command line or the environment says: `telegram=isolated`.
package struct PluginModes: Sendable {
    /// Stands for every linked plugin.
    static let everyLinked = "*"

    private let modes: [String: PluginMode]

    /// No exceptions.
    package init() { modes = [:] }

    /// Throws `StartupError` for what is not `kind=mode`.
    package init(_ texts: [String]) throws {
        modes = try texts.reduce(into: [:]) { modes, text in
            let parts = text.split(separator: "=", omittingEmptySubsequences: false)
            let kind = parts.first.map(String.init) ?? ""
            guard parts.count == 2, PluginFolder.isKind(kind) || kind == Self.everyLinked else {
                throw StartupError(
                    "--plugin-mode: expected a channel's kind and how it is loaded, such as telegram=isolated, got \(text)")
            }
            modes[kind] = try Self.mode(String(parts[1]), "--plugin-mode")
        }
    }

    static func mode(_ text: String, _ place: String) throws -> PluginMode {
        guard let mode = PluginMode(rawValue: text) else {
            throw StartupError("\(place): expected \(PluginMode.allCases.map(\.rawValue).joined(separator: ", ")), got \(text)")
        }
        return mode
    }

    /// Nil where the plugin folder decides.
    func mode(of kind: String, isLinked: Bool) -> PluginMode? { modes[kind] ?? (isLinked ? modes[Self.everyLinked] : nil) }

    /// The kinds that are named, sorted.
    var kinds: [String] { modes.keys.filter { $0 != Self.everyLinked }.sorted() }
}
