/// Buttons as lines of text, for providers without buttons. What can be answered has a number; a link and a request say themselves
/// what to do.
public struct NumberedChoices: Sendable {
    private let lines: [String]

    public init(_ rows: [[Button]]) {
        var number = 0
        lines = rows.flatMap(\.self).map { button in
            switch button.action {
            case .callback:
                number += 1
                return "\(number). \(button.title)"
            case .link(let url): return "\(button.title): \(url)"
            case .requestContact, .requestLocation: return button.title
            }
        }
    }

    /// `text`, an empty line, and the choices.
    public func added(to text: String) -> String {
        lines.isEmpty ? text : ((text.isEmpty ? [] : [text, ""]) + lines).joined(separator: "\n")
    }
}
