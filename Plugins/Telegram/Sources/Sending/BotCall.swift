import ChannelKit

/// One call of a delivery.
struct BotCall {
    let method: String
    var parameters: JSON.Object
    /// The parameter that holds the file, and the file.
    var file: (name: String, media: OutboundMedia)?
    /// It makes a message, so doing it twice would show.
    let makesMessage: Bool

    init(_ method: String, _ parameters: JSON.Object, makesMessage: Bool) {
        (self.method, self.parameters, self.makesMessage) = (method, parameters, makesMessage)
    }

    func request(_ api: BotAPI) -> HTTPRequest {
        guard let file else { return api.call(method, parameters) }
        // In a form, objects travel as JSON text.
        var parts = parameters.members.map { member in FormPart(member.key, member.value.string ?? member.value.text) }
        parts.append(FormPart(file.name, file: file.media))
        var request = HTTPRequest("POST", api.url(method))
        request.body = .form(parts)
        request.timeout = 120_000
        return request
    }
}
