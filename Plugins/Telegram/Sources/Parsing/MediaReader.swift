import ChannelKit

extension MessageAttachment {
    /// The attachment in a member of a `Message`; nil when the member is none.
    init?(telegram member: JSON.Member, sender: Int64?) {
        let value = member.value
        switch member.key {
        case "photo": self.init(sizes: value)
        case "voice": self.init(media: value, .voice, defaultType: "audio/ogg")
        case "audio":
            self.init(media: value, .audio, defaultType: "audio/mpeg")
            title = value["title"]?.string
        case "video": self.init(media: value, .video, defaultType: "video/mp4")
        case "video_note": self.init(media: value, .videoNote, defaultType: "video/mp4")
        case "animation": self.init(media: value, .animation, defaultType: "video/mp4")
        case "document": self.init(media: value, .document, defaultType: nil)
        case "sticker": self.init(sticker: value)
        case "location": self.init(location: value, title: nil, address: nil)
        case "venue":
            guard let place = value["location"] else { return nil }
            self.init(location: place, title: value["title"]?.string ?? "", address: value["address"]?.string)
        case "contact": self.init(contact: value, sender: sender)
        default: return nil
        }
    }

    private init?(media value: JSON, _ kind: Kind, defaultType: String?) {
        guard let file = value["file_id"]?.words(upTo: TelegramLimit.identifierBytes) else { return nil }
        self.init(kind, file: file)
        name = value["file_name"]?.string
        mimeType = value["mime_type"]?.string ?? defaultType
        size = value["file_size"]?.natural
        duration = value["duration"]?.natural.map(Milliseconds.ofSeconds)
        width = value["width"]?.natural
        height = value["height"]?.natural
    }

    /// The largest of a photo's sizes.
    private init?(sizes: JSON) {
        let largest = (sizes.array ?? []).max { Self.area($0) < Self.area($1) }
        guard let largest else { return nil }
        self.init(media: largest, .image, defaultType: "image/jpeg")
    }

    private static func area(_ size: JSON) -> Double { (size["width"]?.double ?? 0) * (size["height"]?.double ?? 0) }

    private init?(sticker value: JSON) {
        let type =
            value["is_animated"]?.bool == true
            ? "application/x-tgsticker" : value["is_video"]?.bool == true ? "video/webm" : "image/webp"
        self.init(media: value, .sticker, defaultType: type)
        title = value["emoji"]?.string
    }

    private init?(location value: JSON, title: String?, address: String?) {
        guard let latitude = value["latitude"]?.double, let longitude = value["longitude"]?.double,
            let place = Location(latitude: latitude, longitude: longitude, address: address)
        else { return nil }
        self.init(.location)
        self.title = title
        location = place
    }

    /// The card is the sender's own only when Telegram says so by its user id.
    private init?(contact value: JSON, sender: Int64?) {
        guard let phone = value["phone_number"]?.string else { return nil }
        self.init(.contact)
        let names = [value["first_name"]?.string, value["last_name"]?.string].compactMap(\.self)
        let user = value["user_id"]?.int
        contact = SharedContact(
            phone: phone.hasPrefix("+") ? phone : "+" + phone, name: names.joined(separator: " "),
            isOwn: user != nil && user == sender)
    }
}
