import ChannelKit

/// Finds a file's address. The host then fetches it, so its bytes never pass through the plugin.
struct Downloading {
    private let api: MessengerAPI
    private let voice: String

    init(_ api: MessengerAPI, voice: String) { (self.api, self.voice) = (api, voice) }

    /// Pictures lie open at their address.
    static func image(_ url: String) -> ChannelStep {
        guard let address = WebAddress.verbatim(url) else { return .failed(.permanent, .fileUnavailable) }
        return .result(.file(HTTPRequest(fetching: address)))
    }

    /// A voice message's address is given for an hour.
    func step(_ input: StepInput) -> ChannelStep {
        switch input {
        case .start: return .request(api.voice(voice), state: .null)
        case .notSent, .unknown: return ChannelFailure.silence
        case .response(let response):
            let answer = AvitoAnswer(response)
            if case .error(let error) = answer, error.code == 400 || error.code == 404 {
                return .failed(.permanent, .fileUnavailable)
            }
            guard case .ok(let result) = answer, let urls = result["voices_urls"]?.object else {
                return ChannelFailure(answer).step
            }
            guard let url = urls[voice]?.string.flatMap({ WebAddress.verbatim($0) }) else {
                return .failed(.permanent, .fileUnavailable)
            }
            return .result(.file(HTTPRequest(fetching: url), name: "voice.mp4", mimeType: "audio/mp4"))
        }
    }
}

/// A buyer's name and picture, and what the chat's listing is called: the webhook tells none of them.
struct ProfileLookup {
    private let api: MessengerAPI
    private let chat: String
    private let contact: String

    init(_ api: MessengerAPI, chat: String, contact: String) { (self.api, self.chat, self.contact) = (api, chat, contact) }

    func step(_ input: StepInput) -> ChannelStep {
        guard let segment = PercentEncoding.segment(chat) else { return .failed(.permanent, .chatNotFound) }
        switch input {
        case .start: return .request(api.chat(segment), state: .null)
        case .notSent, .unknown: return ChannelFailure.silence
        case .response(let response):
            let answer = AvitoAnswer(response)
            // The token is good: this chat alone is closed to us.
            if case .error(let error) = answer, error.code == 403 { return .failed(.permanent, .chatNotFound) }
            guard case .ok(let result) = answer, let value = result["chat"] ?? (result.object == nil ? nil : result) else {
                return ChannelFailure(answer).step
            }
            var found = Chat.customer(value["users"], besides: String(api.user), id: contact) ?? ContactIdentity(id: contact)
            // Ids may differ between versions of the API; the caller knows the one of the messages.
            found.id = contact
            return .result(.profile(found, referral: Chat.referral(value)))
        }
    }
}
