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
    let time: any TimeSource

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
    /// `keepingResult` is for callers that store `Ending.remember` with something else of theirs; otherwise it is stored here.
    func run(
        _ operation: ChannelOperation, in channel: OpenChannel, from start: (state: PluginState, input: StepInput)? = nil,
        keepingResult: Bool = false, beforeRequest: (@Sendable (PluginState) async throws -> Void)? = nil
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
                try await beforeRequest?(next)
                input = try await perform(request, in: channel)
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

    private func perform(_ request: PluginRequest, in channel: OpenChannel) async throws -> StepInput {
        let rendered: RenderedRequest
        do {
            rendered = try request.rendered(
                secrets: channel.allSecrets, hosts: channel.driver.description.secretHosts(settings: channel.settings.plain))
        } catch let fault as RenderingFault { throw BlockedAddress(reason: "\(fault)") }
        do {
            let response = try await egress.send(try rendered.egress(kind: channel.row.kind, account: channel.account))
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

/// The channel's address leads somewhere the product does not go.
struct BlockedAddress: Error, CustomStringConvertible {
    let reason: String
    var description: String { "the channel's address is not allowed: \(reason)" }
}

extension RenderedRequest {
    /// The same request for Egress, its secret path part kept out of the address.
    func egress(kind: String, account: AccountID) throws -> EgressRequest {
        guard let method = EgressMethod(rawValue: method) else { throw PluginFault.malformedAnswer("method") }
        var request = EgressRequest(method, url, purpose: .channel(kind), account: account)
        let pieces = redactedURL.components(separatedBy: "…")
        if pieces.count == 2 {
            let secret = url.dropFirst(pieces[0].count).dropLast(pieces[1].count)
            request.url = pieces[0] + PathSecret.placeholder + pieces[1]
            request.pathSecret = PathSecret(host: host, value: String(secret))
        }
        if carriesSecrets && pieces.count != 2 {
            // Secrets in headers: bound to the host, so that nothing else gets them.
            request.credentials = headers.map { BoundCredential(host: host, header: $0.name, value: $0.value) }
        } else {
            request.headers = EgressHeaders(headers.map { EgressHeaders.Field($0.name, $0.value) })
        }
        switch body {
        case .none: break
        case .bytes(let bytes, let contentType):
            request.body = bytes
            request.headers["Content-Type"] = contentType
        case .form(let parts):
            var form = MultipartForm()
            for part in parts {
                guard case .text(let text) = part.content else { throw PluginFault.unsupported("files cannot be sent yet") }
                form.add(part.name, text)
            }
            request.body = form.body
            request.headers["Content-Type"] = form.contentType
        }
        request.deadlines.total = timeout
        request.deadlines.firstByte = timeout
        return request
    }
}
