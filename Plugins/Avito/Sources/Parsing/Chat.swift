import ChannelKit

/// A chat of the list, as far as polling needs it.
struct Chat {
    let id: String
    /// Seconds since 1970.
    let updated: Int64
    /// Tells two states of a chat apart that fall into the same second.
    let lastMessage: String
    var customer: ContactIdentity?
    var referral: Referral?

    /// Reads Avito's form; `user` is our own id. Some answers wrap it in `chat`.
    init?(_ value: JSON, user: Int64) {
        let value = value["chat"] ?? value
        let last = value["last_message"]
        guard let id = value["id"]?.identifier, let updated = value["updated"]?.int ?? last?["created"]?.int, updated > 0
        else { return nil }
        (self.id, self.updated, lastMessage) = (id, updated, last?["id"]?.identifier ?? "")
        customer = Self.customer(value["users"], besides: String(user))
        referral = Self.referral(value)
    }

    /// The listing that the chat is about; nil for chats about none.
    static func referral(_ chat: JSON) -> Referral? {
        guard chat["context"]?["type"]?.string == "item" else { return nil }
        return chat["context"]?["value"].map { Listing($0).referral }
    }

    /// The person whose id is not ours; nil when the account was deleted.
    static func customer(_ users: JSON?, besides user: String, id wanted: String? = nil) -> ContactIdentity? {
        let others = (users?.array ?? []).compactMap { value in value["id"]?.identifier.map { (id: $0, value: value) } }
            .filter { $0.id != user }
        guard let found = others.first(where: { $0.id == wanted }) ?? others.first else { return nil }
        var contact = ContactIdentity(id: found.id, name: found.value["name"]?.words())
        // The `default` picture is a stub.
        contact.avatar = FileReference.largest(found.value["public_user_profile"]?["avatar"]?["images"])?.url
        return contact
    }
}

/// The chat as an operation's note.
extension Chat {
    init?(notes: JSON?) {
        guard let id = notes?["id"]?.string, let updated = notes?["updated"]?.int else { return nil }
        (self.id, self.updated, lastMessage) = (id, updated, notes?["last"]?.string ?? "")
        if let customer = notes?["customer"]?["id"]?.string {
            self.customer = ContactIdentity(id: customer, name: notes?["customer"]?["name"]?.string)
            self.customer?.avatar = notes?["customer"]?["avatar"]?.string
        }
        if let listing = notes?["listing"] {
            referral = Referral(
                source: "listing", reference: listing["id"]?.string, title: listing["title"]?.string,
                url: listing["url"]?.string)
        }
    }

    var notes: JSON {
        var object = JSON.Object()
        object.add("id", id)
        object.add("updated", updated)
        object.add("last", lastMessage)
        if let customer {
            var person = JSON.Object()
            person.add("id", customer.id)
            person.add("name", customer.name)
            person.add("avatar", customer.avatar)
            object.add("customer", person)
        }
        if let referral {
            var listing = JSON.Object()
            listing.add("id", referral.reference)
            listing.add("title", referral.title)
            listing.add("url", referral.url)
            object.add("listing", listing)
        }
        return .object(object)
    }
}
