import ChannelKit

/// One request of a delivery.
struct BotCall {
    enum Purpose: Equatable {
        /// It makes a message, so doing it twice would show.
        case message(isReply: Bool)
        /// Looking at the message to edit.
        case look
        case edit, deletion, answer, signal
        /// Asking where a file may go.
        case uploadAddress
        case upload(UploadType)
    }
    let purpose: Purpose
    let request: HTTPRequest

    init(_ purpose: Purpose, _ request: HTTPRequest) { (self.purpose, self.request) = (purpose, request) }

    var makesMessage: Bool { if case .message = purpose { true } else { false } }
}

/// What MAX calls the kinds of files, in uploads and in attachments alike.
enum UploadType: String {
    case image, video, audio, file

    /// Nil for what cannot be sent as a file.
    init?(_ media: OutboundMedia) {
        switch media.kind {
        case .image: self = media.size <= MaxLimit.imageBytes ? .image : .file
        case .video, .videoNote: self = .video
        case .audio, .voice: self = .audio
        case .document: self = .file
        case .animation: self = media.mimeType.hasPrefix("video/") ? .video : media.size <= MaxLimit.imageBytes ? .image : .file
        case .sticker, .location, .contact, .link, .unsupported: return nil
        }
    }

    func attachment(token: String) -> JSON { ["type": .string(rawValue), "payload": ["token": .string(token)]] }
}

extension JSON {
    /// The attachment of a message in the form that sends it once more; nil for buttons and what has no token.
    var reattached: JSON? {
        guard let type = self["type"]?.string.flatMap(UploadType.init(rawValue:)),
            let token = self["payload"]?["token"]?.string, (1...MaxLimit.tokenBytes).contains(token.utf8.count)
        else { return nil }
        return type.attachment(token: token)
    }
}
