import Egress
import Foundation
import Kernel
import Metrics
import Persistence
import PluginHost

/// Runs an operation's steps: the plugin says which request, Egress performs it, the plugin reads the answer.
struct ProviderExchange: Sendable {
    let egress: any Egress
    let database: any Database
    let memory: ChannelMemoryWriter
    let turns: ChannelTurns
    let time: any TimeSource
    /// The bytes of a file that a plugin names in a form.
    var files: (@Sendable (_ reference: String, AccountID) async throws -> [UInt8]?)?

    /// More steps than any provider needs for one message of the longest kind; a plugin that asks for more is in a loop.
    private static let mostSteps = 64

    /// How an operation ended, and what the plugin wants kept with the result.
    struct Ending: Sendable {
        let result: OperationResult
        let remember: [Remembered]
    }

    /// `beforeRequest` runs before each request leaves and may throw to stop it. `from` resumes an interrupted operation.
    ///
    /// What the plugin wants remembered before a request, such as a new token, is stored before the request leaves and serves it at once.
    /// Operations of a channel that serves one at a time wait for their turn: `Problem.unavailable` when too many do.
    /// `keepingResult` is for callers that store `Ending.remember` with something else of theirs; otherwise it is stored here.
    func run(
        _ operation: ChannelOperation, in channel: OpenChannel, from start: (state: PluginState, input: StepInput)? = nil,
        keepingResult: Bool = false, beforeRequest: (@Sendable (PluginState) async throws -> Void)? = nil
    ) async throws -> Ending {
        try await turns.alone(channel) { turn in
            try await steps(operation, channel, start, keepingResult: keepingResult, turn, beforeRequest)
        }
    }

    private func steps(
        _ operation: ChannelOperation, _ channel: OpenChannel, _ start: (state: PluginState, input: StepInput)?,
        keepingResult: Bool, _ turn: ChannelTurn, _ beforeRequest: (@Sendable (PluginState) async throws -> Void)?
    ) async throws -> Ending {
        var (state, input): (PluginState?, StepInput) = start.map { ($0.state, $0.input) } ?? (nil, .start)
        var channel = channel
        for _ in 0..<Self.mostSteps {
            let (now, last, said) = (channel.context(at: time.now()), state, input)
            switch try await plugin(channel, { try await $0.step(operation, state: last, input: said, in: now) }) {
            case .result(let result, let remember):
                if !keepingResult { try await keep(remember, in: channel) }
                return Ending(result: result, remember: remember)
            case .request(let request, let next, let remember):
                try await keep(remember, in: channel)
                channel = channel.remembering(remember)
                // Whatever can fail here fails before anybody could think that the request had left.
                let prepared = try await prepared(request, of: operation, in: channel)
                try await turn.ready(prepared.deadlines.total)
                try await beforeRequest?(next)
                input = try await perform(prepared, in: channel)
                state = next
            }
        }
        throw PluginFault.failed("the operation does not end")
    }

    private func keep(_ values: [Remembered], in channel: OpenChannel) async throws {
        guard !values.isEmpty else { return }
        let store = try await memory.applying(values, to: channel)
        try await database.write(in: channel.account) { try store($0) }
    }

    private static func rendered(_ request: PluginRequest, in channel: OpenChannel) throws -> RenderedRequest {
        do {
            return try request.rendered(
                secrets: channel.allSecrets, hosts: channel.driver.description.secretHosts(settings: channel.settings.plain))
        } catch let fault as RenderingFault { throw BlockedAddress(reason: "\(fault)") }
    }

    /// Opens the file at `location`: at most `limit` bytes, through at most three redirects, each checked.
    ///
    /// Throws `EgressError`, `BlockedAddress`, and `RefusedFile` for an answer other than success.
    func fetch(_ location: FileLocation, in channel: OpenChannel, limit: Int) async throws -> EgressStream {
        let rendered = try Self.rendered(location.request, in: channel)
        // With secrets it goes to the channel's own hosts only; without, wherever the provider keeps its files.
        let purpose: EgressPurpose = rendered.carriesSecrets ? .channel(channel.row.kind) : .channelMedia(channel.row.kind)
        var request = try rendered.egress(purpose: purpose, account: channel.account)
        (request.bodyLimit, request.redirects) = (limit, 3)
        (request.deadlines.total, request.deadlines.firstByte) = (.seconds(120), .seconds(20))
        let stream = try await egress.stream(request)
        guard (200..<300).contains(stream.head.status) else { throw RefusedFile(status: stream.head.status) }
        return stream
    }

    /// A plugin may send the file that the operation is about, and no other of the account's.
    private func prepared(
        _ request: PluginRequest, of operation: ChannelOperation, in channel: OpenChannel
    ) async throws -> EgressRequest {
        let rendered = try Self.rendered(request, in: channel)
        var contents: [String: [UInt8]] = [:]
        for reference in rendered.fileReferences where reference == operation.file {
            guard let bytes = try await files?(reference, channel.account) else { throw FileGone() }
            contents[reference] = bytes
        }
        return try rendered.egress(purpose: .channel(channel.row.kind), account: channel.account, files: contents)
    }

    private func perform(_ request: EgressRequest, in channel: OpenChannel) async throws -> StepInput {
        do {
            let response = try await egress.send(request)
            return .response(
                PluginResponse(
                    status: response.status, headers: response.headers.fields.map { NameValue($0.name, $0.value) },
                    body: response.body))
        } catch let error as EgressError {
            Counter(label: "sevensales_channel_request_failed_total", dimensions: [("kind", channel.row.kind)]).increment()
            if case .blocked = error.reason { throw BlockedAddress(reason: "\(error)") }
            return .failure(error.delivery == .maybeSent ? .unknown : .notSent)
        }
    }
}

extension ChannelOperation {
    /// The host's name of the file that it is about.
    fileprivate var file: String? {
        guard case .deliver(let action) = self, case .media(let media) = action.kind else { return nil }
        return media.file
    }
}

/// The provider answers a request for a file with something else.
struct RefusedFile: Error {
    let status: Int
}

/// The file of an outgoing message is no longer here.
struct FileGone: Error {}

/// The channel's address leads somewhere the product does not go.
struct BlockedAddress: Error, CustomStringConvertible {
    let reason: String
    var description: String { "the channel's address is not allowed: \(reason)" }
}

extension RenderedRequest {
    /// The files that its form names.
    var fileReferences: [String] {
        guard case .form(let parts) = body else { return [] }
        return parts.compactMap { if case .file(let reference, _, _) = $0.content { reference } else { nil } }
    }

    /// The same request for Egress, its secret path part kept out of the address. `files` are the bytes of its form's files.
    func egress(
        purpose: EgressPurpose, account: AccountID, files: [String: [UInt8]] = [:]
    ) throws -> EgressRequest {
        guard let method = EgressMethod(rawValue: method) else { throw PluginFault.malformedAnswer("method") }
        var request = EgressRequest(method, url, purpose: purpose, account: account)
        let pieces = redactedURL.components(separatedBy: "…")
        if pieces.count == 2 {
            let secret = url.dropFirst(pieces[0].count).dropLast(pieces[1].count)
            request.url = pieces[0] + PathSecret.placeholder + pieces[1]
            request.pathSecret = PathSecret(host: host, value: String(secret))
        }
        for field in headers {
            if secretHeaders.contains(field.name.lowercased()) {
                // Bound to the host, so that nothing else gets them.
                request.credentials.append(BoundCredential(host: host, header: field.name, value: field.value))
            } else {
                request.headers.add(field.name, field.value)
            }
        }
        switch body {
        case .none: break
        case .bytes(let bytes, let contentType):
            request.body = bytes
            request.headers["Content-Type"] = contentType
        case .form(let parts):
            var form = MultipartForm()
            for part in parts {
                switch part.content {
                case .text(let text): form.add(part.name, text)
                case .file(let reference, let name, let type):
                    guard let bytes = files[reference] else { throw PluginFault.unsupported("a file that is not the message's") }
                    form.add(part.name, file: bytes, named: name, type: type)
                }
            }
            request.body = form.body
            request.headers["Content-Type"] = form.contentType
        }
        request.deadlines.total = timeout
        request.deadlines.firstByte = timeout
        return request
    }
}
