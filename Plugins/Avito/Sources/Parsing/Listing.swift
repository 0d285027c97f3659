import ChannelKit

/// The listing that a chat or message is about, in either of the shapes that Avito gives it.
struct Listing {
    private let value: JSON

    init(_ value: JSON) { self.value = value }

    /// `Mazda 3 2008, 300 000 ₽`: the contract has no field for the price.
    var title: String? {
        let parts = [value["title"]?.words(), value["price_string"]?.words()].compactMap(\.self)
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    var url: String? { value["url"]?.words() ?? value["item_url"]?.words() }

    var referral: Referral { Referral(source: "listing", reference: value["id"]?.identifier, title: title, url: url) }

    /// A card in a message.
    var attachment: MessageAttachment {
        var card = MessageAttachment(.link)
        (card.title, card.url) = (title, url)
        card.file = value["image_url"]?.picture ?? FileReference.largest(value["images"]?["main"])?.url
        return card
    }
}
