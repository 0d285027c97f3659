import ChannelKit

/// Reads the `message` of an event, an edit included.
struct MessageReader {
    private let object: JSON.Object
    private let transport: Transport

    init(_ object: JSON.Object, _ transport: Transport) { (self.object, self.transport) = (object, transport) }

    func message(id: String) -> InboundMessage {
        var result = InboundMessage(id: id)
        result.text = object["text"]?.words()
        result.replyTo = object["reply_to"]?["mid"]?.identifier
        result.referral = object["referral"]?.object.flatMap(Referral.init(meta:))
        result.attachments = attachments
        if let story = object["reply_to"]?["story"]?.object {
            result.attachments.append(MessageAttachment(story: story))
            if result.referral == nil {
                result.referral = Referral(source: "story", reference: story["id"]?.identifier, url: story["url"]?.string)
            }
        }
        if result.referral == nil, let mention {
            result.referral = Referral(source: "story-mention", url: mention["payload"]?["url"]?.string)
        }
        // An echo of a template has its text inside.
        if result.text == nil { result.text = templateText }
        // View-once pictures, some stickers and whatever is new arrive as nothing at all.
        if result.text == nil, result.attachments.isEmpty {
            let title = object["is_unsupported"]?.bool == true ? "unsupported" : "message"
            result.attachments = [MessageAttachment(unsupported: title)]
        }
        return result
    }

    /// The customer's own story in which they named the account.
    private var mention: JSON? { object["attachments"]?.array?.first { $0["type"]?.string == "story_mention" } }

    private var attachments: [MessageAttachment] {
        let values = (object["attachments"]?.array ?? []).prefix(100)
        // Until August 2026 a sticker comes twice, as itself and as a picture.
        let stickers = Set(values.filter { $0["type"]?.string == "sticker" }.compactMap { Self.sticker($0) })
        var result: [MessageAttachment] = []
        for value in values {
            let isTwin = value["type"]?.string == "image" && Self.sticker(value).map(stickers.contains) == true
            guard !isTwin, let attachment = MessageAttachment(meta: value, transport) else { continue }
            // A preview of a link in the text says nothing that the text does not.
            if attachment.kind == .link, attachment.url == nil, attachment.title == nil { continue }
            result.append(attachment)
        }
        if result.isEmpty, object["sticker_id"]?.identifier != nil { result = [MessageAttachment(.sticker)] }
        return result
    }

    private static func sticker(_ value: JSON) -> String? { value["payload"]?["sticker_id"]?.identifier }

    private var templateText: String? {
        let template = object["attachments"]?.array?.first { $0["type"]?.string == "template" }
        let text = template?["payload"]?["text"]?.string ?? template?["title"]?.string
        return text?.isEmpty == false ? text : nil
    }
}

extension Referral {
    /// Nil when it names nothing.
    init?(meta value: JSON.Object) {
        let reference = value["ref"]?.identifier
        if let product = value["product"]?["id"]?.identifier {
            self.init(source: "product", reference: product)
        } else if value["source"]?.string == "ADS" || value["ad_id"] != nil {
            let ad = value["ads_context_data"]
            self.init(
                source: "ad", reference: value["ad_id"]?.identifier, campaign: reference, title: ad?["ad_title"]?.string,
                url: ad?["photo_url"]?.string ?? ad?["video_url"]?.string)
        } else if reference != nil || value["source"]?.string != nil {
            self.init(source: "link", reference: reference, url: value["referer_uri"]?.string)
        } else {
            return nil
        }
    }
}
