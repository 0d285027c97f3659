import ChannelKit

/// The requests that an action takes, in order. The same action always gives the same requests.
struct DeliveryPlan {
    private let action: OutboundAction

    init(_ action: OutboundAction) { self.action = action }

    var calls: [DeliveryCall] {
        get throws(PlanningFault) {
            switch action.kind {
            case .text(let text): return try texts(text.text, text.buttons)
            case .media(let media): return try pictures(media)
            // The chat as a whole: Avito marks no single message.
            case .markRead: return [.markRead]
            case .delete(let messages):
                var calls: [DeliveryCall] = []
                for message in messages {
                    guard let segment = PercentEncoding.segment(message) else { throw PlanningFault(.messageGone) }
                    calls.append(.delete(segment))
                }
                guard !calls.isEmpty else { throw PlanningFault(.messageGone) }
                return calls
            case .typing, .edit, .answerPress, .react: throw PlanningFault(.unsupported)
            }
        }
    }

    private func texts(_ text: String, _ buttons: [[Button]]) throws(PlanningFault) -> [DeliveryCall] {
        let parts = AvitoLimit.text.split(NumberedChoices(buttons).added(to: text))
        guard !parts.isEmpty else { throw PlanningFault(.empty) }
        return parts.map(DeliveryCall.text)
    }

    /// The picture first, then what is said about it. Other files can only be pointed at.
    private func pictures(_ media: OutboundMedia) throws(PlanningFault) -> [DeliveryCall] {
        let caption = media.caption ?? ""
        guard media.kind == .image || media.kind == .animation, AvitoLimit.imageTypes.contains(media.mimeType.lowercased()) else {
            guard let url = media.url else { throw PlanningFault(media.kind == .image ? .fileRefused : .unsupported) }
            return try texts(caption.isEmpty ? url : caption + "\n" + url, media.buttons)
        }
        guard media.size <= AvitoLimit.imageBytes else { throw PlanningFault(.fileTooBig) }
        let hasText = !caption.allSatisfy(\.isWhitespace) || media.buttons.contains { !$0.isEmpty }
        return try [.upload(media), .image] + (hasText ? texts(caption, media.buttons) : [])
    }
}
