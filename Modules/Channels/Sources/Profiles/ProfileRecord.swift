import ChannelsInterface
import Kernel
import PluginHost
import WireJSON

/// A customer's profile as it lies in the inbox, sealed like any event.
///
/// Its form is the host's own: no plugin's answer is read as one, because it names a file of ours.
struct ProfileRecord {
    private static let kind = "host/profile"

    let thread: String
    let profile: CustomerProfile

    init(thread: String, profile: CustomerProfile) { (self.thread, self.profile) = (thread, profile) }

    /// Nil when `content` is an event of a plugin.
    init?(stored content: JSON) {
        guard content["kind"]?.string == Self.kind, let thread = content["thread"]?.string else { return nil }
        self.init(
            thread: thread,
            profile: CustomerProfile(
                name: content["name"]?.string, handle: content["handle"]?.string,
                language: content["language"]?.string.flatMap(Language.init(rawValue:)),
                picture: content["picture"]?.string.flatMap { FileID($0) },
                referral: content["referral"].flatMap { ChannelsInterface.Referral(stored: $0) }))
    }

    var stored: JSON {
        var object = JSON.Object()
        object.add("kind", Self.kind)
        object.add("thread", thread)
        object.add("name", profile.name)
        object.add("handle", profile.handle)
        object.add("language", profile.language?.rawValue)
        object.add("picture", profile.picture?.description)
        if let referral = profile.referral { object.add("referral", referral.stored) }
        return .object(object)
    }
}
