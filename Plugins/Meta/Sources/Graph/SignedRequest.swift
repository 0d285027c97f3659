import ChannelKit

/// What Meta sends when somebody takes the app's rights away, or wants their data deleted: a form with one `signed_request`, which is
/// the code and the content, both base64url, with a point between them.
///
/// developers.facebook.com, Data Deletion Callback.
struct SignedRequest {
    /// The addresses below the channel's hook that the app's settings name.
    enum Purpose: String {
        case deletion = "data-deletion"
        case departure = "deauthorize"
    }

    let purpose: Purpose
    /// The app's own number for the person: not the one that messages come from.
    let person: String
    let issuedAt: String

    /// Nil when it is not Meta's.
    init?(_ request: WebhookRequest, _ context: ChannelContext) {
        guard request.method == "POST", let purpose = Purpose(rawValue: request.path), request.body.count <= 16_384,
            let form = String(validating: request.body, as: UTF8.self),
            let parts = Self.field(form)?.split(separator: ".", omittingEmptySubsequences: false), parts.count == 2,
            let code = Base64URL.decoded(parts[0]), code.count == 32, let content = Base64URL.decoded(parts[1])
        else { return nil }
        let given = Hexadecimal.lower(code)
        // Both secrets are always tried, so that the time does not tell which one matched.
        let matches = [Setting.appSecret, Setting.instagramAppSecret].map { name -> Bool in
            isSignature(given, of: Array(parts[1].utf8), key: context.setting(name))
        }
        guard matches.contains(true), let object = (try? JSON.parse(content))?.object,
            object["algorithm"]?.string == "HMAC-SHA256", let person = object["user_id"]?.identifier,
            person.utf8.count <= 200
        else { return nil }
        (self.purpose, self.person) = (purpose, person)
        issuedAt = object["issued_at"]?.wholeNumber.map { String($0) } ?? ""
    }

    /// The only field of the form.
    private static func field(_ form: String) -> String? {
        let name = "signed_request="
        guard form.hasPrefix(name), !form.contains("&") else { return nil }
        return PercentEncoding.decoded(form.dropFirst(name.count))
    }

    var parsed: ParsedWebhook {
        switch purpose {
        case .deletion:
            let event = InboundEvent(
                id: "erasure:\(person):\(issuedAt)", thread: nil, at: nil, contact: ContactIdentity(id: person), kind: .erasure)
            var answer = JSON.Object()
            answer.add("url", ErasureMark.address)
            answer.add("confirmation_code", ErasureMark.code)
            return ParsedWebhook(
                [event], answer: WebhookAnswer(contentType: "application/json", body: JSON.object(answer).text))
        case .departure:
            return ParsedWebhook([
                InboundEvent(
                    id: "departure:\(person):\(issuedAt)", thread: nil, at: nil, kind: .notice(.reconnectNeeded, .deauthorized))
            ])
        }
    }
}
