import ChannelKit

/// Who on the owner's side wrote a message that comes back.
struct EchoSource {
    let author: EchoAuthor
    let correlation: String?

    /// Goes before our own id of a message in `metadata`.
    static let mark = "7s:"
    /// The Page's inbox: the first number is from the page about echoes, the second from the one about handovers.
    private static let inboxes: Set = ["26390203743090", "263902037430900"]

    init(_ message: JSON.Object, _ transport: Transport, _ context: ChannelContext) {
        let app = message["app_id"]?.identifier
        let own = context.setting(Setting.appID)
        if let app, Self.inboxes.contains(app) {
            (author, correlation) = (.person, nil)
            return
        }
        let tag = message["metadata"]?.string.flatMap(Self.correlation)
        // Another app could copy the mark, but not our app's id.
        if let tag, app == nil || own == nil || app == own {
            (author, correlation) = (.ourselves, tag)
            return
        }
        correlation = nil
        switch (app, own) {
        case (.some(let app), .some(let own)): author = app == own ? .ourselves : .automation
        // Everything we send through Messenger is marked, so this is somebody else's program.
        case (.some, nil): author = transport.takesMetadata ? .automation : .unknown
        // Instagram leaves the app out: the host knows which ids it was given for its own messages.
        case (nil, _): author = .unknown
        }
    }

    private static func correlation(_ metadata: String) -> String? {
        guard metadata.hasPrefix(mark) else { return nil }
        let id = metadata.dropFirst(mark.count)
        guard (1...64).contains(id.utf8.count), id.utf8.allSatisfy(PercentEncoding.isUnreserved) else { return nil }
        return String(id)
    }
}
