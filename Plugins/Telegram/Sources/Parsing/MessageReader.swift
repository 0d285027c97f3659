import ChannelKit

/// Reads a `Message`.
struct MessageReader {
    private let object: JSON.Object

    init(_ object: JSON.Object) { self.object = object }

    /// Nil for service messages and for what has no id.
    var message: InboundMessage? {
        guard let id = object["message_id"]?.int else { return nil }
        var result = InboundMessage(id: String(id))
        // One pass over the members: a message has few of the hundred that exist.
        for member in object.members { read(member, into: &result) }
        removeDuplicates(&result.attachments)
        if result.text == nil, result.attachments.isEmpty {
            guard let unknown = Self.unknownContent(object) else { return nil }
            result.attachments = [unknown]
        }
        return result
    }

    private func read(_ member: JSON.Member, into result: inout InboundMessage) {
        switch member.key {
        case "text", "caption": result.text = member.value.string
        case "entities": readCommand(member.value, into: &result)
        case "caption_entities": readLinks(member.value, into: &result)
        case "reply_to_message": result.replyTo = member.value["message_id"]?.int.map { String($0) }
        case "quote": result.quote = member.value["text"]?.string
        case "media_group_id": result.album = member.value.string
        case "forward_origin": result.isForwarded = true
        default:
            guard let attachment = MessageAttachment(telegram: member, sender: object["from"]?["id"]?.int) else { return }
            result.attachments.append(attachment)
        }
    }

    private func readCommand(_ entities: JSON, into result: inout InboundMessage) {
        readLinks(entities, into: &result)
        let isCommand = (entities.array ?? []).contains {
            $0["type"]?.string == "bot_command" && $0["offset"]?.int == 0
        }
        guard isCommand, let text = object["text"]?.string, text.hasPrefix("/") else { return }
        let words = text.dropFirst().split(maxSplits: 1) { $0.isWhitespace }
        guard let name = words.first?.split(separator: "@", maxSplits: 1).first else { return }
        result.command = name.lowercased()
        // t.me/<bot>?start=<payload>: at most 64 of A-Za-z0-9_-.
        guard result.command == "start", words.count == 2, let payload = words.last, Self.isPayload(payload) else { return }
        result.referral = Referral(source: "link", reference: String(payload))
    }

    private static func isPayload(_ text: Substring) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { PercentEncoding.isAlphanumeric($0) || "_-".utf8.contains($0) }
    }

    /// Addresses hidden behind words.
    private func readLinks(_ entities: JSON, into result: inout InboundMessage) {
        for entity in entities.array ?? [] where entity["type"]?.string == "text_link" {
            guard let url = entity["url"]?.string, result.attachments.count < 100 else { continue }
            var link = MessageAttachment(.link)
            link.url = url
            result.attachments.append(link)
        }
    }

    /// An animation also comes as a document and a venue as a location: the richer one stays.
    private func removeDuplicates(_ attachments: inout [MessageAttachment]) {
        if object["animation"] != nil { attachments.removeAll { $0.kind == .document } }
        if object["venue"] != nil { attachments.removeAll { $0.kind == .location && $0.title == nil } }
    }

    /// A placeholder for content this plugin has no form for; nil when there is only a service notice.
    private static func unknownContent(_ object: JSON.Object) -> MessageAttachment? {
        for member in object.members where !envelope.contains(member.key) {
            return MessageAttachment(unsupported: member.key)
        }
        return nil
    }

    /// Members that are not content, and service notices.
    private static let envelope: Set<String> = [
        "message_id", "message_thread_id", "date", "edit_date", "chat", "from", "sender_chat", "sender_business_bot",
        "sender_boost_count", "business_connection_id", "via_bot", "forward_origin", "reply_to_message", "external_reply",
        "quote", "reply_to_story", "media_group_id", "is_from_offline", "has_protected_content", "author_signature",
        "is_topic_message", "is_automatic_forward", "entities", "caption_entities", "link_preview_options", "effect_id",
        "show_caption_above_media", "has_media_spoiler", "reply_markup", "forward_date", "forward_from",
        "forward_from_chat", "forward_sender_name", "forward_signature", "forward_from_message_id", "text", "caption",
        // Service notices.
        "new_chat_members", "left_chat_member", "new_chat_title", "new_chat_photo", "delete_chat_photo",
        "group_chat_created", "supergroup_chat_created", "channel_chat_created", "message_auto_delete_timer_changed",
        "migrate_to_chat_id", "migrate_from_chat_id", "pinned_message", "connected_website", "write_access_allowed",
        "chat_background_set", "boost_added", "forum_topic_created", "forum_topic_edited", "forum_topic_closed",
        "forum_topic_reopened", "general_forum_topic_hidden", "general_forum_topic_unhidden", "video_chat_scheduled",
        "video_chat_started", "video_chat_ended", "video_chat_participants_invited", "new_chat_participant",
        "new_chat_member", "left_chat_participant",
    ]
}
