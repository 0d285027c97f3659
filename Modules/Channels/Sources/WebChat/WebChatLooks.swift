import ChannelsInterface
import Kernel
import PluginHost

extension ChannelDescription {
    /// Whether the product itself is the provider.
    var isWebChat: Bool { modes == [.none] }
}

/// A web chat's looks as plain settings of a channel, in the chat's first language: as they were before `web_chat`, and enough for
/// whoever connects a chat by hand.
extension WebChatSettings {
    static let lookNames: Set = ["title", "color", "greeting", "language"]

    var looks: [String: String] {
        [
            "color": color, "language": language.rawValue, "title": title[language] ?? "", "greeting": greeting[language] ?? "",
        ].filter { !$0.value.isEmpty }
    }

    /// The texts are in `language`, the new one if it is among `looks`.
    mutating func apply(looks: [String: String]) throws {
        if let text = looks["language"] {
            guard let wanted = Language(rawValue: text) else {
                throw Problem.invalid(field: "settings.language", "expected en, ru or kk")
            }
            language = wanted
        }
        if let text = looks["color"] {
            guard WebColor(text) != nil else { throw Problem.invalid(field: "settings.color", "expected a colour as #2563eb") }
            color = text
        }
        if let text = looks["title"] { title[language] = text }
        if let text = looks["greeting"] { greeting[language] = text }
    }
}

extension ChannelSettings {
    /// The plain settings as a person sees them.
    var shown: [String: String] { plain.merging(webChat?.looks ?? [:]) { _, look in look } }

    /// Moves a web chat's looks from the plain settings, where they once were, to where they belong.
    mutating func adoptLooks() {
        var settings = WebChatSettings()
        for name in ["language", "color", "title", "greeting"] {
            // What is not acceptable any more is as if it had never been set.
            if let value = plain.removeValue(forKey: name) { try? settings.apply(looks: [name: value]) }
        }
        webChat = settings
    }

    /// Makes the change and checks the result. Only a web chat has what to change.
    mutating func change(webChat change: WebChatSettings.Change?, looks: [String: String]) throws {
        guard let before = webChat else {
            if change != nil { throw Problem.invalid(field: "web_chat", "only a web chat has these settings") }
            return
        }
        var wanted = before
        try wanted.apply(looks: looks)
        if let change { wanted.apply(change) }
        wanted = try wanted.checked()
        let isSameWording = (before.consent.text, before.consent.link) == (wanted.consent.text, wanted.consent.link)
        wanted.consent.version = before.consent.version &+ (isSameWording ? 0 : 1)
        webChat = wanted
    }
}
