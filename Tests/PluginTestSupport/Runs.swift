package import PluginHost
package import WireJSON

/// What became of an operation with scripted answers.
package struct Run {
    package let result: OperationResult
    package let requests: [PluginRequest]
    package let states: [PluginState]
    package let remembered: [Remembered]

    package var failure: OperationFailure {
        get throws {
            guard case .failed(let failure) = result else { throw Unexpected("\(result)") }
            return failure
        }
    }

    package func remembered(_ name: String) -> Remembered? { remembered.last { $0.name == name } }
}

extension ChannelDriver {
    /// Runs `operation` against scripted answers, of which it may leave some. `context` is asked for before each step with what was to be
    /// remembered since the last.
    package func run(
        _ operation: ChannelOperation, state: PluginState? = nil, answers: [StepInput],
        in context: ([Remembered]) -> ChannelContext
    ) async throws -> Run {
        var (state, input, rest) = (state, StepInput.start, answers[...])
        var (requests, states, remembered): ([PluginRequest], [PluginState], [Remembered]) = ([], [], [])
        var known = context([])
        while true {
            switch try await step(operation, state: state, input: input, in: known) {
            case .result(let result, let remember):
                return Run(result: result, requests: requests, states: states, remembered: remembered + remember)
            case .request(let request, let next, let remember):
                requests.append(request)
                states.append(next)
                remembered += remember
                known = context(remember)
                state = next
                guard let answer = rest.popFirst() else { throw Unexpected("another request: \(request.url.redacted)") }
                input = answer
            }
        }
    }
}

extension StepInput {
    package static func body(_ status: Int, _ text: String, headers: [NameValue] = []) -> StepInput {
        .response(PluginResponse(status: status, headers: headers, body: Array(text.utf8)))
    }
}

extension ParsedWebhook {
    /// The only event there is.
    package var single: InboundEvent {
        get throws {
            guard let event = events.first, events.count == 1 else { throw Unexpected("\(events.count) events") }
            return event
        }
    }
}

extension InboundEvent {
    /// The message that it brings.
    package var message: InboundMessage {
        get throws {
            guard case .message(let message) = kind else { throw Unexpected("no message") }
            return message
        }
    }
}

extension PluginRequest {
    /// The JSON body, with `…` in the places of secrets.
    package var json: JSON {
        get throws {
            guard case .text(let template, "application/json") = body else { throw Unexpected("no JSON body") }
            return try JSON.parse(template.redacted)
        }
    }
}
