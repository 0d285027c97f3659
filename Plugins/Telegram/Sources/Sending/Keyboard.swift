import ChannelKit

/// Buttons as Telegram's markup: inline ones, or a reply keyboard when a button asks for the phone number or the place,
/// because only reply keyboards can.
struct Keyboard {
    /// Nil without buttons.
    let markup: JSON?

    /// Business chats have no reply keyboards: buttons that need one are left out there.
    init(_ rows: [[Button]], isBusiness: Bool) throws(PlanningFault) {
        let buttons = rows.flatMap(\.self)
        guard buttons.count <= 100, rows.allSatisfy({ $0.count <= 8 }) else { throw PlanningFault(.badButtons) }
        let asks = buttons.contains { $0.action.asks }
        let kept = isBusiness ? rows.map { $0.filter { !$0.action.asks } } : rows
        let filled = kept.filter { !$0.isEmpty }
        guard !filled.isEmpty else {
            markup = nil
            return
        }
        if asks, !isBusiness {
            markup = [
                "keyboard": .array(filled.map { .array($0.map(Self.replyButton)) }), "resize_keyboard": true,
                "one_time_keyboard": true,
            ]
            return
        }
        var inline: [JSON] = []
        for row in filled {
            var buttons: [JSON] = []
            for button in row { buttons.append(try Self.inlineButton(button)) }
            inline.append(.array(buttons))
        }
        markup = ["inline_keyboard": .array(inline)]
    }

    private static func inlineButton(_ button: Button) throws(PlanningFault) -> JSON {
        guard !button.title.isEmpty else { throw PlanningFault(.badButtons) }
        var object = JSON.Object(reserving: 2)
        object.add("text", button.title)
        switch button.action {
        case .callback(let data):
            guard (1...TelegramLimit.callbackBytes).contains(data.utf8.count) else { throw PlanningFault(.badButtons) }
            object.add("callback_data", data)
        case .link(let url): object.add("url", url)
        case .requestContact, .requestLocation: throw PlanningFault(.badButtons)
        }
        return .object(object)
    }

    private static func replyButton(_ button: Button) -> JSON {
        switch button.action {
        case .callback, .link: ["text": .string(button.title)]
        case .requestContact: ["text": .string(button.title), "request_contact": true]
        case .requestLocation: ["text": .string(button.title), "request_location": true]
        }
    }
}

extension Button.Action {
    /// Asks the customer for something that only a reply keyboard can ask for.
    fileprivate var asks: Bool {
        switch self {
        case .requestContact, .requestLocation: true
        case .callback, .link: false
        }
    }
}
