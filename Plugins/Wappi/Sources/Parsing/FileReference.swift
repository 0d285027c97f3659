import ChannelKit

/// Where a file is to be had: by a signed link for a day or two, and through its message after that.
struct FileReference {
    /// Nil for a picture that only has a link.
    var message: String?
    var url: String?
    /// Milliseconds since 1970; nil when the link does not say.
    var expires: Int64?
    /// The type that Wappi named, to recognize another file's content by.
    var mimeType: String?

    /// The file of a message.
    init(message: String, _ object: JSON.Object, mimeType: String?) {
        let stored = object.nested("s3Info")
        self.message = message
        self.mimeType = mimeType
        let body = object["body"]?.string.flatMap { $0.hasPrefix("https://") ? $0 : nil }
        url = (object.text("file_link") ?? stored?.text("url") ?? body).flatMap(Self.address)
        expires = object.time("file_link_expire") ?? stored?.time("expire")
    }

    /// A customer's picture. The host takes references of 1,024 bytes there.
    init?(picture: String) {
        guard let address = Self.address(picture) else { return nil }
        url = address
        guard text.utf8.count <= 1_024 else { return nil }
    }

    init?(_ text: String) {
        guard let object = (try? JSON.parse(text))?.object else { return nil }
        message = object["m"]?.string
        url = object["u"]?.string.flatMap(Self.address)
        expires = object["x"]?.int
        mimeType = object["t"]?.string
        if message == nil, url == nil { return nil }
    }

    var text: String {
        var object = JSON.Object(reserving: 4)
        object.add("m", message)
        object.add("t", mimeType.map(TextLimit(200, .utf8).truncated))
        object.add("u", url)
        if url != nil { object.add("x", expires) }
        return JSON.object(object).text
    }

    /// A link over TLS to a named host, with nothing in it that a request cannot hold.
    static func address(_ text: String) -> String? { WebAddress(text, upTo: 4_096)?.text }
}
