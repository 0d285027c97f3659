package import PluginHost

/// A plugin's hook under attack: the checks that every channel's suite makes with deliveries of its own. Each throws `Unexpected` at
/// the first body that is not met as it should be.
package struct HostileHook {
    private let driver: any ChannelDriver
    private let context: ChannelContext

    package init(_ driver: any ChannelDriver, in context: ChannelContext) { (self.driver, self.context) = (driver, context) }

    /// Nil when the body is refused as no delivery; any other fault is thrown on.
    private func read(_ body: [UInt8]) async throws -> ParsedWebhook? {
        do { return try await driver.parse(WebhookRequest(body: body), in: context) } catch PluginFault.badBody {
            return nil
        } catch {
            throw Unexpected("\(error) for \(String(decoding: body.prefix(300), as: UTF8.self))")
        }
    }

    package func refuses(_ body: [UInt8]) async throws {
        guard try await read(body) == nil else { throw Unexpected("read: \(String(decoding: body.prefix(300), as: UTF8.self))") }
    }

    package func refuses(_ body: String) async throws { try await refuses(Array(body.utf8)) }

    package func refusesTruncations(of body: String) async throws {
        let bytes = Array(body.utf8)
        for count in bytes.indices { try await refuses(Array(bytes[..<count])) }
    }

    package func refusesRandomBytes(upTo count: Int = 300) async throws {
        var generator = SplitMix(seed: 20_261_123)
        for length in 0..<count { try await refuses((0..<length).map { _ in .random(in: 0...255, using: &generator) }) }
    }

    /// Bytes and bits changed at random: refused or read, never fatal.
    package func survivesDamage(to body: String, rounds: Int = 1_000) async throws {
        let bytes = Array(body.utf8)
        var generator = SplitMix(seed: 7)
        for round in 0..<rounds {
            var damaged = bytes
            for _ in 0...round % 3 {
                guard let place = damaged.indices.randomElement(using: &generator) else { return }
                damaged[place] =
                    round % 2 == 0 ? .random(in: 0...255, using: &generator) : damaged[place] ^ 1 << (generator.next() % 8)
            }
            _ = try await read(damaged)
        }
    }

    /// How many bodies there were, and how many events in those that were read.
    @discardableResult
    package func survivesMutations(of body: String) async throws -> (bodies: Int, events: Int) {
        let bodies = Mutations.of(body)
        guard bodies.count >= Mutations.values.count else { throw Unexpected("nothing to change in \(body)") }
        var events = 0
        for body in bodies { events += try await read(Array(body.utf8))?.events.count ?? 0 }
        return (bodies.count, events)
    }
}

/// Steps with whatever states and answers there may be.
package struct HostileSteps {
    package static let bodies = ["", "{", "[]", "{}", "null", #"{"id":1}"#, #"{"data":[{}]}"#, "\u{0}"]
    /// Answers that nobody planned, with every kind of status.
    package static let answers: [StepInput] =
        [.start, .failure(.unknown), .failure(.notSent)]
        + [100, 200, 204, 302, 400, 401, 402, 403, 404, 429, 500, 504, 599].flatMap { status in
            bodies.map { StepInput.body(status, $0) }
        }
    /// Notes of no version.
    package static let states = [
        "null", "[]", "{}", "7", #"{"part":9223372036854775807}"#, #"{"part":-1,"sent":7}"#, #"{"part":"1","sent":[1,null,"m"]}"#,
        #"{"at":"nowhere","account":{},"page":{},"left":[7]}"#, #"{"at":7,"part":1.5,"sent":{}}"#,
    ]

    /// Every operation in every state is answered to every input, and alike when it is asked again. How many steps there were.
    @discardableResult
    package static func survive(
        _ driver: any ChannelDriver, _ operations: [ChannelOperation], states: [String] = [], inputs: [StepInput] = [],
        in context: ChannelContext
    ) async throws -> Int {
        var count = 0
        for operation in operations {
            for state in (Self.states + states).map(PluginState.init) {
                for input in answers + inputs {
                    let first = try await driver.step(operation, state: state, input: input, in: context)
                    count += 1
                    // Each costs its way to another process: a sample is asked twice.
                    guard count % 5 == 0 else { continue }
                    let second = try await driver.step(operation, state: state, input: input, in: context)
                    guard first == second else { throw Unexpected("two answers to \(operation), \(state), \(input)") }
                }
            }
        }
        return count
    }
}
