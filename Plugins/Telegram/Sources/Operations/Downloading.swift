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
            guard let path = result["file_path"]?.string, let escaped = Self.escaped(path) else {
                return failed(.permanent, .fileUnavailable)
            }
            var request = HTTPRequest("GET", api.url(escaped, prefix: "/file/bot"))
            request.timeout = 120_000
            return .result(.file(request, size: result["file_size"]?.int.map { max(0, $0) }))
        case .error(let error) where error.code == 400:
            if error.says("too big") { return failed(.permanent, .fileTooBig) }
            return failed(.retry(after: nil, scope: .chat), .fileUnavailable)
        case .error, .unreadable: return ChannelFailure(answer).step
        }
    }

    private func failed(_ kind: OperationFailure.Kind, _ reason: Reason) -> ChannelStep {
        .result(.failed(OperationFailure(kind, reason)))
    }

    /// A relative path without steps upwards. A server in local mode gives absolute paths of its own disk instead.
    private static func escaped(_ path: String) -> String? {
        let segments = path.split(separator: "/", omittingEmptySubsequences: false)
        guard segments.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }) else { return nil }
        var bytes: [UInt8] = []
        for byte in path.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: "_"),
                UInt8(ascii: "."), UInt8(ascii: "~"):
                bytes.append(byte)
            default:
                let digits = Array("0123456789ABCDEF".utf8)
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 0x0F)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// A customer's name and picture. Names also come with every update.
struct ProfileLookup {
    private let api: BotAPI
    private let chat: Int64?

    init(_ api: BotAPI, chat: Int64?) { (self.api, self.chat) = (api, chat) }

    func step(_ input: StepInput) -> ChannelStep {
        guard let chat else { return .result(.failed(OperationFailure(.permanent, .chatNotFound))) }
        switch input {
        case .start:
            var parameters = JSON.Object()
            parameters.add("chat_id", chat)
            return .request(api.call("getChat", parameters), state: .null)
        case .notSent, .unknown: return ChannelFailure.silence
        case .response(let response):
            let answer = BotAnswer(response)
            if case .error(let error) = answer, error.code == 400 || error.code == 403 {
                return .result(.failed(OperationFailure(.permanent, .chatNotFound)))
            }
            guard case .ok(let result) = answer, let person = result.object else { return ChannelFailure(answer).step }
            var contact = ContactIdentity(person: person, id: chat)
            contact.avatar = result["photo"]?["big_file_id"]?.string
            return .result(.profile(contact))
        }
    }
}
