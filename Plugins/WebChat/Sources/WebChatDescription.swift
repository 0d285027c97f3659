import ChannelKit

extension ChannelDescription {
    static let webChat = ChannelDescription(
        kind: "webchat", title: LocalizedText(en: "Web chat", ru: "Чат на сайте", kk: "Сайттағы чат"), modes: [.none],
        capabilities: .webChat)
}

extension ChannelCapabilities {
    fileprivate static let webChat: ChannelCapabilities = {
        let fileBytes: Int64 = 25 << 20
        var value = ChannelCapabilities(text: TextLimit(16_000, .characters))
        value.caption = TextLimit(4_000, .characters)
        value.media = [
            MediaLimit(.image, maxBytes: fileBytes), MediaLimit(.video, maxBytes: fileBytes),
            MediaLimit(.audio, maxBytes: fileBytes), MediaLimit(.voice, maxBytes: fileBytes),
            MediaLimit(.document, maxBytes: fileBytes),
        ]
        value.buttons = ButtonLimits(callbackBytes: 256, titleCharacters: 64, perRow: 8, total: 40)
        value.typingSeconds = 6
        value.canReply = true
        value.canEdit = true
        value.canDelete = true
        value.canMarkRead = true
        value.receipts = [.sent, .delivered, .read]
        return value
    }()
}
