import ChannelKit

extension MessageAttachment {
    /// The story that a message answers. Its picture lives for a day and may not be kept, so it is an address only.
    init(story: JSON.Object) {
        self.init(.link)
        url = story["url"]?.string
        title = "story"
    }

    /// One of `attachments`. Kinds appear without notice: an unknown one becomes `unsupported`.
    init?(meta value: JSON, _ transport: Transport) {
        guard let type = value["type"]?.string else { return nil }
        let payload = value["payload"]
        let address = payload?["url"]?.string ?? value["url"]?.string
        switch type {
        case "image": self.init(.image, address)
        case "video": self.init(.video, address)
        case "audio": self.init(Self.isVoice(address, transport) ? .voice : .audio, address)
        case "file":
            self.init(.document, address)
            name = address.flatMap(Self.fileName)
        case "sticker":
            self.init(.sticker, address)
            // The blue thumb of Messenger, in its three sizes.
            let thumbs: Set = ["369239263222822", "369239343222814", "369239383222810"]
            if let id = payload?["sticker_id"]?.identifier, thumbs.contains(id) { title = "👍" }
        case "like_heart":
            self.init(.sticker)
            title = "❤️"
        case "location":
            guard let latitude = payload?["coordinates"]?["lat"]?.double,
                let longitude = payload?["coordinates"]?["long"]?.double,
                let place = Location(latitude: latitude, longitude: longitude)
            else { return nil }
            self.init(.location)
            location = place
        case "fallback", "share", "ig_post", "post", "reel", "ig_reel", "story", "ig_story", "media", "story_mention":
            self.init(.link)
            url = address.map { Self.absolute($0, transport) }
            title = payload?["title"]?.string ?? value["title"]?.string ?? Self.titles[type]
        // Its text is the message's.
        case "template" where payload?["text"]?.string != nil || value["title"]?.string != nil: return nil
        default:
            self.init(unsupported: type)
            url = address
        }
    }

    /// The address is the only name a file has: it is signed and works without a token, for a time Meta does not tell.
    private init(_ kind: Kind, _ address: String?) {
        self.init(kind, file: address.flatMap { WebAddress.verbatim($0) })
        if file == nil { title = "unavailable" }
    }

    /// What is shared without words of its own. A `fallback` without any is dropped.
    private static let titles = [
        "share": "share", "ig_post": "post", "post": "post", "reel": "reel", "ig_reel": "reel", "story": "story",
        "ig_story": "story", "media": "media", "story_mention": "story mention",
    ]

    /// Instagram has no other sounds; Messenger names its recordings so.
    private static func isVoice(_ address: String?, _ transport: Transport) -> Bool {
        transport.isInstagram || address?.contains("audioclip") == true
    }

    private static func fileName(_ address: String) -> String? {
        let path = address.prefix { $0 != "?" && $0 != "#" }.dropFirst("https://".count)
        guard let slash = path.lastIndex(of: "/") else { return nil }
        let name = PercentEncoding.decoded(path[path.index(after: slash)...])
        return name?.isEmpty == false ? name : nil
    }

    /// A reel comes as `/reel/123/`.
    private static func absolute(_ address: String, _ transport: Transport) -> String {
        guard address.hasPrefix("/"), !address.hasPrefix("//") else { return address }
        return (transport.isInstagram ? "https://www.instagram.com" : "https://www.facebook.com") + address
    }
}
