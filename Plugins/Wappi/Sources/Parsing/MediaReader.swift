import ChannelKit

extension MessageAttachment {
    /// The attachment of a message that is more than text; nil for kinds that are not known.
    init?(wappi object: JSON.Object, type: String, id: String) {
        switch type {
        case "image": self.init(file: object, .image, id, "image/jpeg")
        case "video": self.init(file: object, Self.videoKind(object), id, "video/mp4")
        case "document": self.init(file: object, Self.documentKind(object), id, nil)
        case "ptt", "voice": self.init(file: object, .voice, id, "audio/ogg")
        case "audio": self.init(file: object, .audio, id, "audio/mpeg")
        case "sticker": self.init(file: object, object.flag("isGif") ? .animation : .sticker, id, nil)
        case "location":
            // `body` is a dump for people on Telegram.
            guard let place = object.nested("location") ?? object.nested("body") else { return nil }
            self.init(place: place)
        case "vcard", "contact":
            let card = object.nested("contact") ?? object.nested("body") ?? JSON.Object()
            self.init(card: card, vCard: object["body"]?.string)
        default: return nil
        }
    }

    private static func videoKind(_ object: JSON.Object) -> Kind {
        if object.nested("media_info")?.flag("is_round") == true { return .videoNote }
        return object.flag("isGif") ? .animation : .video
    }

    /// Telegram's animated stickers come as documents.
    private static func documentKind(_ object: JSON.Object) -> Kind {
        object.text("mimetype", "mime_type") == "application/x-tgsticker" ? .sticker : .document
    }

    private init(file object: JSON.Object, _ kind: Kind, _ id: String, _ defaultType: String?) {
        let given = object.text("mimetype", "mime_type", "mimeType")
        self.init(kind)
        mimeType = given ?? defaultType
        name = object.text("file_name", "fileName", "title")
        let info = object.nested("media_info")
        size = info?.positive("size") ?? object.positive("file_size")
        width = info?.positive("width")
        height = info?.positive("height")
        duration = (object.positive("length_seconds") ?? info?.positive("duration")).map(Milliseconds.ofSeconds)
        file = FileReference(message: id, object, mimeType: given).text
    }

    private init?(place: JSON.Object) {
        guard let latitude = place.number("latitude", "degreesLatitude", "lat"),
            let longitude = place.number("longitude", "degreesLongitude", "lon", "lng"),
            let point = Location(latitude: latitude, longitude: longitude, address: place.text("description", "address"))
        else { return nil }
        self.init(.location)
        title = place.text("name")
        location = point
    }

    /// A contact card, by its members or as a vCard. Nobody vouches that it is the sender's own.
    init?(card: JSON.Object, vCard: String? = nil) {
        let written = vCard.map(VCard.init)
        guard let phone = card.text("phone", "phone_number") ?? written?.phones.first else { return nil }
        self.init(.contact)
        let digits = PhoneNumber.typed(phone)
        contact = SharedContact(
            phone: digits.isEmpty ? phone : "+" + digits,
            name: card.text("display_name", "name", "fullName") ?? written?.name ?? "",
            isOwn: false)
    }
}
