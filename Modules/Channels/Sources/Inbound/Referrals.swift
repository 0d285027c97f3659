import ChannelsInterface
import PluginHost
import WireJSON

/// Between a plugin's words for what brought a customer and the product's.
extension ChannelsInterface.Referral {
    /// Nil for a source that the product does not know: it could only be shown as a riddle.
    init?(_ told: PluginHost.Referral) {
        guard let source = Source(rawValue: told.source) else { return nil }
        self.init(
            source: source, reference: told.reference.flatMap(Self.words), campaign: told.campaign.flatMap(Self.words),
            title: told.title.flatMap(Self.words), url: told.url.flatMap(Self.address))
    }

    private static func words(_ text: String) -> String? { text.isEmpty ? nil : text }

    /// Only what a browser opens as a page: the address comes from outside, and people press it.
    static func address(_ url: String) -> String? {
        let lower = url.prefix(8).lowercased()
        return lower.hasPrefix("https://") || lower.hasPrefix("http://") ? url : nil
    }
}

/// As it lies in a record of the host's own.
extension ChannelsInterface.Referral {
    init?(stored content: JSON) {
        guard let source = content["source"]?.string.flatMap(Source.init(rawValue:)) else { return nil }
        self.init(
            source: source, reference: content["reference"]?.string, campaign: content["campaign"]?.string,
            title: content["title"]?.string, url: content["url"]?.string)
    }

    var stored: JSON {
        var object = JSON.Object()
        object.add("source", source.rawValue)
        object.add("reference", reference)
        object.add("campaign", campaign)
        object.add("title", title)
        object.add("url", url)
        return .object(object)
    }
}
