import ChannelKit

/// Says where the host fetches a file. A video's addresses are asked for, because the one in its message runs out.
struct Downloading {
    private static let sizes = ["mp4_1080", "mp4_720", "mp4_480", "mp4_360", "mp4_240", "mp4_144"]
    private let api: BotAPI
    private let reference: FileReference?

    init(_ api: BotAPI, _ file: String) { (self.api, reference) = (api, FileReference(file)) }

    func step(_ input: StepInput) -> ChannelStep {
        guard let reference else { return failed }
        guard let token = reference.videoToken.flatMap(PercentEncoding.segment) else {
            return file(at: reference.url, mimeType: nil) ?? failed
        }
        switch input {
        case .start: return .request(api.request("GET", "/videos/" + token), state: .null)
        case .notSent, .unknown: return ChannelFailure.silence
        case .response(let response): return read(BotAnswer(response), reference)
        }
    }

    private func read(_ answer: BotAnswer, _ reference: FileReference) -> ChannelStep {
        switch answer {
        case .ok(let result):
            let addresses = Self.sizes.lazy.compactMap { result["urls"]?[$0]?.string }
            for address in addresses {
                if let step = file(at: address, mimeType: "video/mp4") { return step }
            }
        case .error(let error):
            let failure = ChannelFailure(error)
            guard case .permanent = failure.kind else { return failure.step }
        case .unreadable: break
        }
        return file(at: reference.url, mimeType: nil) ?? failed
    }

    /// A request without credentials: files have hosts of their own.
    private func file(at url: String?, mimeType: String?) -> ChannelStep? {
        guard let address = url.flatMap(WebAddress.init) else { return nil }
        return .result(.file(HTTPRequest(fetching: address.text), mimeType: mimeType))
    }

    private var failed: ChannelStep { .failed(.permanent, .fileUnavailable) }
}

/// A customer's name and picture. Names also come with every update.
struct ProfileLookup {
    private let api: BotAPI
    private let thread: ChatThread?

    init(_ api: BotAPI, _ thread: ChatThread?) { (self.api, self.thread) = (api, thread) }

    func step(_ input: StepInput) -> ChannelStep {
        guard case .dialog(let chat) = thread else { return unknown }
        switch input {
        case .start: return .request(api.request("GET", "/chats/\(chat)"), state: .null)
        case .notSent, .unknown: return ChannelFailure.silence
        case .response(let response):
            let answer = BotAnswer(response)
            if case .error(let error) = answer, [400, 403, 404].contains(error.status) { return unknown }
            guard case .ok(let result) = answer else { return ChannelFailure(answer).step }
            guard let person = result["dialog_with_user"]?.object, let user = person["user_id"]?.int else { return unknown }
            return .result(.profile(ContactIdentity(person: person, id: user)))
        }
    }

    private var unknown: ChannelStep { .failed(.permanent, .chatNotFound) }
}
