/// What a message carries beside its text.
package struct MessageAttachment: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case image, video, audio, voice, document, animation, sticker, location, contact, link
        /// A round video.
        case videoNote = "video-note"
        /// Something the provider does not hand over, or that the plugin does not know: show a placeholder.
        case unsupported
    }
    package var kind: Kind
    /// Opaque; hand it to `download`. Nil when there is nothing to fetch.
    package var file: String?
    package var name: String?
    package var mimeType: String?
    /// In bytes, as the provider claims.
    package var size: Int64?
    package var duration: Duration?
    package var width: Int64?
    package var height: Int64?
    /// A link's address; an untrusted string.
    package var url: String?
    /// A link's or place's title, a sticker's emoji, or the name of an unsupported type.
    package var title: String?
    package var location: Location?
    package var contact: SharedContact?

    package init(
        kind: Kind, file: String? = nil, name: String? = nil, mimeType: String? = nil, size: Int64? = nil,
        duration: Duration? = nil, width: Int64? = nil, height: Int64? = nil, url: String? = nil, title: String? = nil,
        location: Location? = nil, contact: SharedContact? = nil
    ) {
        (self.kind, self.file, self.name, self.mimeType) = (kind, file, name, mimeType)
        (self.size, self.duration, self.width, self.height) = (size, duration, width, height)
        (self.url, self.title, self.location, self.contact) = (url, title, location, contact)
    }
}

/// Degrees north and east.
package struct Location: Hashable, Sendable {
    package var latitude: Double
    package var longitude: Double
    package var address: String?

    package init(latitude: Double, longitude: Double, address: String? = nil) {
        (self.latitude, self.longitude, self.address) = (latitude, longitude, address)
    }
}

/// A contact card. It may be anybody's.
package struct SharedContact: Hashable, Sendable {
    package var phone: String
    package var name: String
    /// The provider vouches that it is the sender's own.
    package var isOwn: Bool

    package init(phone: String, name: String, isOwn: Bool) {
        (self.phone, self.name, self.isOwn) = (phone, name, isOwn)
    }
}
