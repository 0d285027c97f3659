import ChannelKit

/// Buttons as Meta has them: quick replies, which disappear once one is tapped, or a template of at most three when one opens a link.
enum Choices {
    case none
    case quickReplies([JSON])
    case template([JSON])

    init(_ rows: [[Button]], _ transport: Transport) throws(PlanningFault) {
        // Nobody can be asked for their place any more, and on Instagram not for their number either.
        let buttons = rows.flatMap(\.self).filter { button in
            switch button.action {
            case .callback, .link: true
            case .requestContact: !transport.isInstagram
            case .requestLocation: false
            }
        }
        guard !buttons.isEmpty else {
            self = .none
            return
        }
        let opensLinks = buttons.contains { if case .link = $0.action { true } else { false } }
        guard buttons.count <= (opensLinks ? MetaLimit.templateButtons : MetaLimit.quickReplies) else {
            throw PlanningFault(.badButtons)
        }
        var values: [JSON] = []
        for button in buttons { values.append(opensLinks ? try Self.templateButton(button) : try Self.quickReply(button)) }
        self = opensLinks ? .template(values) : .quickReplies(values)
    }

    var isTemplate: Bool { if case .template = self { true } else { false } }
    var isNone: Bool { if case .none = self { true } else { false } }

    private static func quickReply(_ button: Button) throws(PlanningFault) -> JSON {
        guard case .callback(let data) = button.action else { return ["content_type": "user_phone_number"] }
        return ["content_type": "text", "title": .string(try title(button)), "payload": .string(try payload(data))]
    }

    private static func templateButton(_ button: Button) throws(PlanningFault) -> JSON {
        switch button.action {
        case .callback(let data):
            return ["type": "postback", "title": .string(try title(button)), "payload": .string(try payload(data))]
        case .link(let url): return ["type": "web_url", "title": .string(try title(button)), "url": .string(url)]
        case .requestContact, .requestLocation: throw PlanningFault(.badButtons)
        }
    }

    private static func title(_ button: Button) throws(PlanningFault) -> String {
        guard !button.title.isEmpty else { throw PlanningFault(.badButtons) }
        return MetaLimit.buttonTitle.truncated(button.title)
    }

    private static func payload(_ data: String) throws(PlanningFault) -> String {
        guard (1...MetaLimit.payloadBytes).contains(data.utf8.count) else { throw PlanningFault(.badButtons) }
        return data
    }
}
