import ChannelKit

/// Asks where a file is. The host then fetches it, so its bytes never pass through the plugin.
struct Downloading {
    private let api: BotAPI
    private let file: String

    init(_ api: BotAPI, file: String) { (self.api, self.file) = (api, file) }

    func step(_ input: StepInput) -> ChannelStep {
        switch input {
        case .start:
            var parameters = JSON.Object()
            parameters.add("file_id", file)
            return .request(api.call("getFile", parameters), state: .null)
        case .notSent, .unknown: return ChannelFailure.silence
        case .response(let response): return read(BotAnswer(response))
        }
    }

    private func read(_ answer: BotAnswer) -> ChannelStep {
        switch answer {
        case .ok(let result):
            // A server in local mode gives absolute paths of its own disk instead.
            guard let path = result["file_path"]?.string.flatMap(PercentEncoding.path) else {
                return .failed(.permanent, .fileUnavailable)
            }
            var request = HTTPRequest("GET", api.url(path, prefix: "/file/bot"))
            request.timeout = 120_000
            return .result(.file(request, size: result["file_size"]?.natural))
        case .error(let error) where error.code == 400:
            if error.says("too big") { return .failed(.permanent, .fileTooBig) }
            return .failed(.retry(after: nil, scope: .chat), .fileUnavailable)
        case .error, .unreadable: return ChannelFailure(answer).step
        }
    }
}

/// A customer's name and picture. Names also come with every update.
struct ProfileLookup {
    private let api: BotAPI
    private let chat: Int64?

    init(_ api: BotAPI, chat: Int64?) { (self.api, self.chat) = (api, chat) }

    func step(_ input: StepInput) -> ChannelStep {
        guard let chat else { return .failed(.permanent, .chatNotFound) }
        switch input {
        case .start:
            var parameters = JSON.Object()
            parameters.add("chat_id", chat)
            return .request(api.call("getChat", parameters), state: .null)
        case .notSent, .unknown: return ChannelFailure.silence
        case .response(let response):
            let answer = BotAnswer(response)
            if case .error(let error) = answer, error.code == 400 || error.code == 403 {
                return .failed(.permanent, .chatNotFound)
            }
            guard case .ok(let result) = answer, let person = result.object else { return ChannelFailure(answer).step }
            var contact = ContactIdentity(person: person, id: chat)
            contact.avatar = result["photo"]?["big_file_id"]?.string
            return .result(.profile(contact))
        }
    }
}
