import ChannelKit

/// Reads one of a message's `attachments`.
struct AttachmentReader {
    /// Who sent the message itself; nil in a forwarded one.
    let sender: Int64?
    let token: String?

    /// Nil for buttons, which are no content.
    func attachment(_ value: JSON) -> MessageAttachment? {
        guard let type = value["type"]?.string else { return nil }
        let payload = value["payload"]
        switch type {
        case "image": return MessageAttachment(.image, file: Self.file(payload))
        // Voice notes; recordings sent as files come as `file`.
        case "audio": return MessageAttachment(.voice, file: Self.file(payload))
        case "video": return video(value)
        case "file": return document(value)
        case "sticker":
            var sticker = MessageAttachment(.sticker, file: Self.file(payload))
            (sticker.width, sticker.height) = (value["width"]?.natural, value["height"]?.natural)
            return sticker
        case "location": return location(value)
        case "contact": return contact(payload)
        case "share":
            var link = MessageAttachment(.link)
            (link.url, link.title) = (payload?["url"]?.string, value["title"]?.string)
            return link
        case "inline_keyboard", "reply_keyboard": return nil
        default: return MessageAttachment(unsupported: type)
        }
    }

    private func video(_ value: JSON) -> MessageAttachment {
        let payload = value["payload"]
        let reference = FileReference(video: payload?["token"]?.string, url: payload?["url"]?.string)
        var video = MessageAttachment(.video, file: reference?.key)
        (video.width, video.height) = (value["width"]?.natural, value["height"]?.natural)
        video.duration = value["duration"]?.natural.map(Milliseconds.ofSeconds)
        return video
    }

    private func document(_ value: JSON) -> MessageAttachment {
        var document = MessageAttachment(.document, file: Self.file(value["payload"]))
        (document.name, document.size) = (value["filename"]?.string, value["size"]?.natural)
        return document
    }

    /// Its members have no payload around them.
    private func location(_ value: JSON) -> MessageAttachment {
        guard let latitude = value["latitude"]?.double, let longitude = value["longitude"]?.double,
            let place = Location(latitude: latitude, longitude: longitude)
        else { return MessageAttachment(unsupported: "location") }
        var location = MessageAttachment(.location)
        location.location = place
        return location
    }

    private func contact(_ payload: JSON?) -> MessageAttachment {
        var attachment = MessageAttachment(.contact)
        let person = payload?["max_info"]?.object
        let known = person.flatMap { person in person["user_id"]?.int.map { ContactIdentity(person: person, id: $0) } }
        let text = payload?["vcf_info"]?.string ?? ""
        let card = ContactCard(text)
        let name = card.name ?? known?.name ?? ""
        guard let phone = card.phone else {
            attachment.title = name
            return attachment
        }
        // The hash proves that MAX wrote the card; the user in it, whose it is. Anybody's card can be sent without.
        let isGenuine = token.map { card.isGenuine(hash: payload?["hash"]?.string, token: $0) } ?? false
        let isOwn = isGenuine && sender != nil && known?.id == sender.map { String($0) }
        attachment.contact = SharedContact(phone: phone, name: name, isOwn: isOwn)
        return attachment
    }

    private static func file(_ payload: JSON?) -> String? { FileReference(url: payload?["url"]?.string)?.key }
}

/// Where a file of a message is found. Addresses are signed and run out; a video's token leads to a new one.
struct FileReference: Equatable {
    let videoToken: String?
    let url: String?

    /// Nil for what cannot be fetched.
    init?(video token: String? = nil, url: String?) {
        self.url = url.flatMap { WebAddress($0) == nil ? nil : $0 }
        let isUsable = token.map { !$0.isEmpty && !$0.contains(" ") && $0.utf8.count <= MaxLimit.tokenBytes } ?? false
        videoToken = isUsable ? token : nil
        guard self.url != nil || videoToken != nil, key.utf8.count <= WebAddress.longest else { return nil }
    }

    /// Reads a `key`.
    init?(_ key: String) {
        guard key.hasPrefix("video:") else {
            self.init(url: key)
            return
        }
        let words = key.dropFirst(6).split(separator: " ", maxSplits: 1)
        self.init(video: words.first.map(String.init), url: words.dropFirst().first.map(String.init))
    }

    var key: String {
        guard let videoToken else { return url ?? "" }
        return "video:\(videoToken)" + (url.map { " \($0)" } ?? "")
    }
}
