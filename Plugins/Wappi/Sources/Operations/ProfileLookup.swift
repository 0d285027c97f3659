import ChannelKit

/// A customer's name and picture. Names also come with every message.
struct ProfileLookup {
    private let api: WappiAPI
    private let chat: ChatID?

    init(_ api: WappiAPI, thread: String) { (self.api, chat) = (api, ChatID(thread)) }

    func step(_ input: StepInput) -> ChannelStep {
        guard let chat else { return .failed(.permanent, .unknownRecipient) }
        switch input {
        case .start:
            let recipient = chat.recipient(api.platform).value.string ?? chat.key
            return .request(api.get("/sync/contact/get", [("recipient", recipient)]), state: .null)
        case .notSent, .unknown: return ChannelFailure.silence
        case .response(let response):
            let answer = Answer(response)
            if case .refused(let refusal) = answer, case .permanent = ChannelFailure(refusal).kind {
                return .failed(.permanent, .unknownRecipient)
            }
            guard case .done(let object) = answer, let person = object.nested("contact") else {
                return ChannelFailure(answer).step
            }
            return .result(.profile(contact(person, chat)))
        }
    }

    private func contact(_ person: JSON.Object, _ chat: ChatID) -> ContactIdentity {
        var contact = ContactIdentity(id: chat.key, username: person.text("username"))
        let names = [person.text("firstName", "first_name"), person.text("lastName", "last_name")].compactMap(\.self)
        contact.name =
            person.text("name") ?? (names.isEmpty ? nil : names.joined(separator: " "))
            ?? person.text("pushname", "short_name", "business_name")
        contact.phone = chat.phone ?? PhoneNumber.international(person.text("number"))
        contact.avatar = person.text("picture", "thumbnail").flatMap { FileReference(picture: $0)?.text }
        return contact
    }
}
