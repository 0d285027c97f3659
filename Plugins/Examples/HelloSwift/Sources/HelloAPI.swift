import ChannelKit

/// Builds requests. The token is in a header of each, by its name.
struct HelloAPI {
    private let base: String

    init(_ context: ChannelContext) { base = context.baseURL(Setting.base, default: "") }

    func request(_ method: String, _ path: String, _ body: HTTPRequest.Body = .none) -> HTTPRequest {
        var request = HTTPRequest(method, RequestTemplate([.text(base + path)]))
        request.headers = [("Authorization", RequestTemplate([.text("Bearer "), .secret(Setting.token, .raw)]))]
        request.body = body
        return request
    }
}

/// What the messenger answered.
enum HelloAnswer {
    case ok(JSON)
    case refused(status: Int, retryAfter: Int64?)
    /// A success that is not the messenger's: a proxy, half a body.
    case unreadable

    init(_ response: HTTPResponse) {
        if !response.isSuccess {
            self = .refused(status: response.status, retryAfter: response.retryAfter)
        } else if let value = try? JSON.parse(response.body, limits: .answer), value.object != nil {
            self = .ok(value)
        } else {
            self = .unreadable
        }
    }
}

/// The messenger's error table, as far as it is the same for every request.
extension ChannelFailure {
    init(_ answer: HelloAnswer) {
        switch answer {
        case .ok, .unreadable: self = .later(.unexpected)
        case .refused(401, _), .refused(403, _): self.init(.reconnectNeeded, .badToken)
        case .refused(let status, let wait):
            self = ProviderReasons.own.failure(status: status, retryAfter: wait) ?? ChannelFailure(.permanent, .refused)
        }
    }

    /// Nothing was heard of a request whose repetition does no harm.
    static let silence = later(.unavailable).step
}

extension ProviderReasons {
    static let own = ProviderReasons(LocalizedText(en: "The messenger", ru: "Мессенджер", kk: "Мессенджер"))
}

/// Why something did not work, in the words that operators and owners read.
extension Reason {
    static let badToken = Reason(
        "bad-token", en: "The messenger does not accept the token. Enter the current one.",
        ru: "Мессенджер не принимает токен. Введите действующий.", kk: "Мессенджер токенді қабылдамайды. Жарамдысын енгізіңіз.")
    static let customerLeft = Reason(
        "customer-left", en: "The customer has left the chat.", ru: "Клиент покинул чат.", kk: "Клиент чаттан шықты.")
    static let badButtons = Reason(
        "bad-buttons", en: "There are more than 9 buttons, or one has no title or more than 64 bytes of data.",
        ru: "Кнопок больше 9, либо у кнопки нет названия или больше 64 байт данных.",
        kk: "Батырмалар 9-дан көп немесе батырманың атауы жоқ не деректері 64 байттан көп.")
    static let tooLong = ProviderReasons.own.tooLong
    static let contentRefused = ProviderReasons.own.contentRefused
    static let unavailable = ProviderReasons.own.unavailable
    static let refused = ProviderReasons.own.refused
    static let outcomeUnknown = ProviderReasons.own.outcomeUnknown
    static let unexpected = ProviderReasons.own.unexpected(insteadOf: LocalizedText("Hello API"))
}
