import Kernel
import PluginHost
import Testing
import WireJSON

/// Events are stored in the form in which plugins return them.
struct EventFormTests {
    static let reason = PluginReason(code: "c", text: LocalizedText(english: "a", russian: "б", kazakh: "қ"))
    static let message: InboundMessage = {
        var message = InboundMessage(
            id: "m", text: "т", replyTo: "r", quote: "q", album: "a",
            referral: Referral(source: "ad", reference: "1", campaign: "c", title: "t", url: "u"), command: "start",
            isForwarded: true)
        message.attachments = [
            MessageAttachment(
                kind: .videoNote, file: "f", name: "n", mimeType: "m/t", size: 1, duration: .milliseconds(1_500),
                width: 2,
                height: 3, url: "u", title: "t", location: Location(latitude: 43.238949, longitude: -76, address: "a"),
                contact: SharedContact(phone: "+7", name: "n", isOwn: true))
        ]
        return message
    }()
    static let kinds: [InboundEvent.Kind] = [
        .message(message), .edited(message), .deleted(["1", "2"]),
        .status(
            MessageStatus(
                state: .failed, messages: ["1"], until: Instant(seconds: 5), correlation: "c", reason: reason)),
        .reaction(Reaction(message: "m", emoji: ["👍"])),
        .pressed(ButtonPress(callback: "c", data: "d", message: nil, title: "t")), .erasure,
        .typing, .blocked, .unblocked, .echo(Echo(author: .automation, message: message, correlation: "x")),
        .notice(ChannelNotice(kind: .reconnectNeeded, reason: reason)),
        .service(ServiceLine(kind: .missedCall, message: message)),
    ]

    @Test func `only a status that names messages may come without its chat`() throws {
        for (kind, isTaken) in [
            (InboundEvent.Kind.status(MessageStatus(state: .read, messages: ["1"])), true),
            (.status(MessageStatus(state: .read, messages: [], until: Instant(seconds: 5))), false), (.typing, false),
        ] {
            let event = InboundEvent(id: "1", thread: nil, at: nil, kind: kind)
            if isTaken {
                #expect(try InboundEvent(wire: event.wire) == event)
            } else {
                #expect(throws: PluginFault.self) { try InboundEvent(wire: event.wire) }
            }
        }
    }

    @Test(arguments: kinds)
    func `an event survives being stored`(kind: InboundEvent.Kind) throws {
        let contact = ContactIdentity(
            id: "7", name: "n", username: "u", phone: "+7", language: "kk", avatar: "a")
        let event = InboundEvent(
            id: "1", account: "a", thread: "t", at: Instant(microseconds: 1_781_512_000_123_000), contact: contact,
            kind: kind)
        #expect(try InboundEvent(wire: JSON.parse(event.wire.serialized())) == event)
    }

    static let moments: [Int64] = [.min, -9_223_372_036_854_776, -1, 0, 9_223_372_036_854_775, 9_223_372_036_854_776, .max]

    @Test(arguments: moments)
    func `a provider's nonsense moment is the same when it is read back`(milliseconds: Int64) throws {
        let stored =
            #"{"id":"1","thread":"t","at":\#(milliseconds),"kind":"status","status":{"state":"read","until":\#(milliseconds)}}"#
        let event = try InboundEvent(wire: JSON.parse(stored))
        #expect(try InboundEvent(wire: event.wire) == event)
    }
}
