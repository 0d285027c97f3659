import ChannelKit

/// One request of a delivery, still without the say on which ground it is sent.
struct SendCall {
    var body: JSON.Object
    /// It has an upload instead of an address.
    var file: OutboundMedia?
    /// It makes a message, so doing it twice would show.
    let makesMessage: Bool

    init(_ body: JSON.Object, makesMessage: Bool) { (self.body, self.makesMessage) = (body, makesMessage) }

    /// `isTagged`: outside the day that follows a customer's message, as a person.
    func request(_ api: GraphAPI, isTagged: Bool) -> HTTPRequest {
        var body = body
        if makesMessage {
            if isTagged {
                body.add("messaging_type", "MESSAGE_TAG")
                body.add("tag", "HUMAN_AGENT")
            } else if api.transport.namesMessagingType {
                body.add("messaging_type", "RESPONSE")
            }
        }
        var request = api.request("POST", "\(api.node)/messages")
        guard let file else {
            request.body = .json(.object(body))
            return request
        }
        // In a form, objects travel as JSON text.
        let parts = body.members.map { FormPart($0.key, $0.value.string ?? $0.value.text) }
        request.body = .form(parts + [FormPart("filedata", file: file)])
        request.timeout = 120_000
        return request
    }
}
