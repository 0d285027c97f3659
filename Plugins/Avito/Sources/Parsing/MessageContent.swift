import ChannelKit

/// What a message holds, by its `type`. Of `content` only the type's own member is present.
struct MessageContent {
    let type: String
    private let content: JSON

    init(_ object: JSON.Object) {
        type = object["type"]?.words() ?? "unknown"
        content = object["content"] ?? .null
    }

    /// Nil for what somebody said. A card of the listing opens most chats before anybody has written. `user` is our own id.
    func service(for user: String?) -> ServiceKind? {
        switch type {
        case "system": return .notice
        case "item": return .card
        case "appCall": return .call
        case "call":
            // A call of ours that the customer missed is no news.
            let target = content["call"]?["target_user_id"]?.identifier
            let isOurs = target == nil || user == nil || target == user
            return content["call"]?["status"]?.string == "missed" && isOurs ? .missedCall : .call
        default: return nil
        }
    }

    var text: String? {
        switch type {
        case "link": content["link"]?["text"]?.words() ?? content["link"]?["url"]?.words()
        default: content["text"]?.words()
        }
    }

    /// Avito puts this text in the place of every message while the tariff lacks the Messenger API.
    var isSubscriptionStub: Bool {
        guard let text = text?.lowercased() else { return false }
        return text.contains("подписк") && text.contains("api мессенджера")
    }

    /// Nil when the text is all there is.
    var attachment: MessageAttachment? {
        switch type {
        case "text": text == nil ? unsupported : nil
        case "system", "call", "appCall": nil
        case "image": image ?? unsupported
        case "voice": voice ?? unsupported
        case "link": link ?? unsupported
        case "item": content["item"].map { Listing($0).attachment }
        case "location": location ?? unsupported
        default: unsupported
        }
    }

    private var image: MessageAttachment? {
        guard let largest = FileReference.largest(content["image"]?["sizes"]) else { return nil }
        var picture = MessageAttachment(.image, file: largest.url)
        picture.mimeType = "image/jpeg"
        (picture.width, picture.height) = (largest.width, largest.height)
        return picture
    }

    private var voice: MessageAttachment? {
        guard let id = content["voice"]?["voice_id"]?.identifier else { return nil }
        var voice = MessageAttachment(.voice, file: FileReference.forVoice(id))
        // Opus in an MP4 container.
        voice.mimeType = "audio/mp4"
        return voice
    }

    private var link: MessageAttachment? {
        let value = content["link"]
        guard let url = value?["preview"]?["url"]?.words() ?? value?["url"]?.words() else { return nil }
        var link = MessageAttachment(.link)
        link.url = url.contains("://") ? url : "https://" + url
        link.title = value?["preview"]?["title"]?.words()
        return link
    }

    private var location: MessageAttachment? {
        let value = content["location"]
        guard let latitude = value?["lat"]?.number, let longitude = value?["lon"]?.number,
            let place = Location(latitude: latitude, longitude: longitude, address: value?["text"]?.words())
        else { return nil }
        var pin = MessageAttachment(.location)
        (pin.location, pin.title) = (place, value?["title"]?.words())
        return pin
    }

    /// The API hands over neither files nor videos, and new types appear.
    private var unsupported: MessageAttachment { MessageAttachment(unsupported: type) }
}
