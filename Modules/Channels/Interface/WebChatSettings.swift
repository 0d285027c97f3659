package import Kernel

/// What an owner decides about a web chat. The values are those that an owner who decided nothing has.
///
/// Whoever opens the page may read all of it: there is no secret in it.
package struct WebChatSettings: Codable, Hashable, Sendable {
    package enum Position: String, Codable, CaseIterable, Sendable { case left, right }

    package enum Icon: String, Codable, CaseIterable, Sendable { case chat, question, phone }

    /// Whether the form before the first message asks for something.
    package enum Asking: String, Codable, CaseIterable, Sendable { case off, optional, required }

    /// The button that opens the chat. Without a label it is a circle with the icon.
    package struct Launcher: Codable, Hashable, Sendable {
        package var icon = Icon.chat
        package var label = SpokenText()

        package init() {}
    }

    /// The form before the first message; without a question there is none.
    package struct PreChat: Codable, Hashable, Sendable {
        package var name = Asking.off
        package var email = Asking.off
        package var phone = Asking.off

        package init() {}
    }

    /// What a visitor agrees to before the first message; without a text nobody is asked.
    package struct Consent: Codable, Hashable, Sendable {
        package var text = SpokenText()
        /// The policy's page, with `https://`; empty when there is none.
        package var link = ""
        /// Which wording it is: 0 before the first, one more with each change of text or link. The server counts, nobody else.
        package var version = 0

        package init() {}

        package init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            text = try values.decodeIfPresent(SpokenText.self, forKey: .text) ?? SpokenText()
            link = try values.decodeIfPresent(String.self, forKey: .link) ?? ""
            version = try values.decodeIfPresent(Int.self, forKey: .version) ?? 0
        }
    }

    /// The chat's name in its heading; the channel's name when empty.
    package var title = SpokenText()
    package var greeting = SpokenText()
    /// `#rrggbb`. White or black reads on any of them with at least 4.5 : 1; the widget takes the one that does.
    package var color = "#2563eb"
    package var position = Position.right
    package var launcher = Launcher()
    /// Up to three characters that stand for the company where there is no picture; none when empty.
    package var initials = ""
    /// A small picture as a `data:` address, so that the widget asks nobody for it; none when empty.
    package var avatar = ""
    /// What the chat speaks when it does not speak the visitor's language; one of `languages`.
    package var language = Language.russian
    package var languages = Language.allCases
    package var hours = WorkingHours()
    /// What a visitor reads outside of the working hours.
    package var offlineMessage = SpokenText()
    package var preChat = PreChat()
    package var consent = Consent()
    /// Whether a visitor is asked how the conversation was.
    package var rating = false
    /// Whether a visitor may send files.
    package var files = true
    /// Where the chat may run, as `https://shop.example` or `https://*.shop.example`; anywhere when empty.
    package var origins: [String] = []

    package init() {}

    /// What is missing, in a body or in what an older version stored, is as if nobody had decided it.
    package init(from decoder: any Decoder) throws { apply(try Change(from: decoder)) }

    /// The language that the chat speaks with someone who prefers `tag` ("kk", "kk-KZ").
    package func language(for tag: String?) -> Language {
        guard let tag, let wanted = Language(rawValue: String(tag.prefix(2)).lowercased()), languages.contains(wanted) else {
            return language
        }
        return wanted
    }
}

extension WebChatSettings {
    /// Some of the settings; those that are nil stay as they are.
    package struct Change: Codable, Sendable {
        package var title: SpokenText?
        package var greeting: SpokenText?
        package var color: String?
        package var position: Position?
        package var launcher: Launcher?
        package var initials: String?
        package var avatar: String?
        package var language: Language?
        package var languages: [Language]?
        package var hours: WorkingHours?
        package var offlineMessage: SpokenText?
        package var preChat: PreChat?
        package var consent: Consent?
        package var rating: Bool?
        package var files: Bool?
        package var origins: [String]?

        package init() {}
    }

    package mutating func apply(_ change: Change) {
        func set<Value>(_ path: WritableKeyPath<Self, Value>, _ value: Value?) {
            if let value { self[keyPath: path] = value }
        }
        set(\.title, change.title)
        set(\.greeting, change.greeting)
        set(\.color, change.color)
        set(\.position, change.position)
        set(\.launcher, change.launcher)
        set(\.initials, change.initials)
        set(\.avatar, change.avatar)
        set(\.language, change.language)
        set(\.languages, change.languages)
        set(\.hours, change.hours)
        set(\.offlineMessage, change.offlineMessage)
        set(\.preChat, change.preChat)
        set(\.consent, change.consent)
        set(\.rating, change.rating)
        set(\.files, change.files)
        set(\.origins, change.origins)
    }
}
