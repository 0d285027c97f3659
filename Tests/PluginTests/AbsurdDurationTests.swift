import Kernel
import PluginHost
import PluginTestSupport
import Testing

/// The host takes durations of a year at most. A recording that claims more is still a recording.
struct AbsurdDurationTests {
    private static func voice(_ seconds: Int64, _ loading: Loading) async throws -> MessageAttachment? {
        let update = #"""
            {"update_id":1,"message":{"message_id":2,"chat":{"id":3,"type":"private"},"date":1781510400,
            "voice":{"file_id":"f","duration":\#(seconds),"file_size":5}}}
            """#
        let context = ChannelContext(now: Instant(seconds: 1_781_512_000))
        let parsed = try await loading.telegram.parse(WebhookRequest(body: Array(update.utf8)), in: context)
        guard case .message(let message) = parsed.events.first?.kind else { throw Unexpected("the message is lost") }
        return message.attachments.first
    }

    @Test(arguments: Loading.allCases, [31_622_401, 1_000_000_000_000, Int64.max, -1, .min])
    func `an absurd duration is left out, and the message is not lost`(loading: Loading, seconds: Int64) async throws {
        #expect(
            try await Self.voice(seconds, loading) == MessageAttachment(kind: .voice, file: "f", mimeType: "audio/ogg", size: 5))
    }

    @Test(arguments: Loading.allCases, [0, 7, 31_622_400])
    func `a duration of up to a year is kept`(loading: Loading, seconds: Int64) async throws {
        #expect(try await Self.voice(seconds, loading)?.duration == .seconds(seconds))
    }
}
