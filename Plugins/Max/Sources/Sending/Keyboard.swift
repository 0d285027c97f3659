import ChannelKit

/// Buttons as an attachment.
struct Keyboard {
    /// Nil without buttons.
    let attachment: JSON?

    /// Rows that are wider than MAX shows continue in the next.
    init(_ rows: [[Button]]) throws(PlanningFault) {
        var lines: [JSON] = []
        var count = 0
        for row in rows where !row.isEmpty {
            let width = row.contains { !$0.action.isCallback } ? MaxLimit.wideButtonsPerRow : MaxLimit.buttonsPerRow
            var buttons: [JSON] = []
            for button in row { buttons.append(try Self.button(button)) }
            count += buttons.count
            for start in stride(from: 0, to: buttons.count, by: width) {
                lines.append(.array(Array(buttons[start..<min(start + width, buttons.count)])))
            }
        }
        guard count <= MaxLimit.buttons, lines.count <= MaxLimit.rows else { throw PlanningFault(.badButtons) }
        attachment = lines.isEmpty ? nil : ["type": "inline_keyboard", "payload": ["buttons": .array(lines)]]
    }

    private static func button(_ button: Button) throws(PlanningFault) -> JSON {
        guard !button.title.isEmpty, MaxLimit.buttonTitle.fits(button.title) else { throw PlanningFault(.badButtons) }
        switch button.action {
        case .callback(let data):
            guard (1...MaxLimit.payloadBytes).contains(data.utf8.count) else { throw PlanningFault(.badButtons) }
            return ["type": "callback", "text": .string(button.title), "payload": .string(data)]
        case .link(let url):
            guard (1...MaxLimit.linkBytes).contains(url.utf8.count) else { throw PlanningFault(.badButtons) }
            return ["type": "link", "text": .string(button.title), "url": .string(url)]
        case .requestContact: return ["type": "request_contact", "text": .string(button.title)]
        case .requestLocation: return ["type": "request_geo_location", "text": .string(button.title), "quick": false]
        }
    }
}

extension Button.Action {
    fileprivate var isCallback: Bool { if case .callback = self { true } else { false } }
}
