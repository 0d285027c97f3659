import Glibc
import PluginABI
import WireJSON

@testable import PluginHost

/// What a plugin's process may write to the host: answers' headers and bytes, cut anywhere.
enum PluginFrames {
    static func read(_ bytes: [UInt8]) {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0 else { fatalError("no socket") }
        defer { close(ends[0]) }
        // More than a socket holds would wait for a reader.
        let sent = bytes.prefix(60_000).withUnsafeBytes { write(ends[1], $0.baseAddress, $0.count) }
        close(ends[1])
        demand(sent == min(bytes.count, 60_000), "the socket took \(sent) bytes")
        let socket = FrameSocket(descriptor: ends[0])
        while let (status, answer) = try? PluginProcess.read(socket, serial: 0, until: .now + .seconds(5)) {
            read(Int(status), answer)
        }
    }

    /// In each of the ways that the host may read an answer.
    private static func read(_ status: Int, _ bytes: [UInt8]) {
        guard let object = try? bytes.withUnsafeBufferPointer({ try PluginAnswer.read(status: status, $0) }) else { return }
        demand(
            (try? JSON.parse(JSON.object(object).serialized())) == .object(object), "JSON does not read back as it was written")
        _ = try? WireOutput.verification(object)
        for event in (try? WireOutput.parsed(object))?.events ?? [] { PluginAnswers.survivesStoring(event) }
        if let step = try? WireOutput.step(object) { PluginAnswers.isSound(step, hosts: ["api.example"]) }
        _ = try? ChannelDescription(object)
    }
}
