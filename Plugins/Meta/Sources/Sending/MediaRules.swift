import ChannelKit

/// What may be attached: developers.facebook.com, Send API and Instagram Messaging.
struct MediaRules {
    let kind: MessageAttachment.Kind
    let maxBytes: Int64
    let mimeTypes: [String]

    private init(_ kind: MessageAttachment.Kind, _ maxBytes: Int64, _ mimeTypes: [String]) {
        (self.kind, self.maxBytes, self.mimeTypes) = (kind, maxBytes, mimeTypes)
    }

    private static let sounds = ["audio/aac", "audio/mp4", "audio/m4a", "audio/x-m4a", "audio/wav", "audio/x-wav"]
    private static let films = ["video/mp4", "video/ogg", "video/x-msvideo", "video/quicktime", "video/webm"]

    /// Messenger takes any format of these.
    static let instagram = [
        MediaRules(.image, MetaLimit.imageBytes, ["image/png", "image/jpeg", "image/gif"]),
        MediaRules(.animation, MetaLimit.imageBytes, ["image/gif"]), MediaRules(.video, MetaLimit.mediaBytes, films),
        MediaRules(.audio, MetaLimit.mediaBytes, sounds), MediaRules(.voice, MetaLimit.mediaBytes, sounds),
        MediaRules(.document, MetaLimit.mediaBytes, ["application/pdf"]),
    ]

    /// The `type` of an attachment that carries `media`.
    static func type(of media: OutboundMedia, _ transport: Transport) throws(PlanningFault) -> String {
        guard media.size <= MetaLimit.mediaBytes else { throw PlanningFault(.fileTooBig) }
        if transport.isInstagram {
            guard let rule = instagram.first(where: { $0.kind == media.kind }) else { throw PlanningFault(.unsupported) }
            guard media.size <= rule.maxBytes else { throw PlanningFault(.fileTooBig) }
            let type = media.mimeType.lowercased().prefix { $0 != ";" && $0 != " " }
            guard rule.mimeTypes.contains(String(type)) else { throw PlanningFault(.formatRefused) }
        }
        switch media.kind {
        case .image, .animation: return media.size <= MetaLimit.imageBytes ? "image" : "file"
        case .video, .videoNote: return "video"
        case .audio, .voice: return "audio"
        case .document: return "file"
        case .sticker, .location, .contact, .link, .unsupported: throw PlanningFault(.unsupported)
        }
    }
}
