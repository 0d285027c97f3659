/// Turns a `ChannelPlugin` into the table of the C interface.
///
///     extension Telegram {
///         public nonisolated(unsafe) static let table = PluginTable.make(kind: "telegram") { operation, input, body, output in
///             PluginTable.answer(Telegram.self, operation, input, body, output)
///         }
///     }
public enum PluginTable {
    /// Makes a table that lives for ever and never changes. Call it once per plugin, from a `static let`.
    public static func make(kind: StaticString, call: @escaping sevensales_call) -> UnsafePointer<sevensales_plugin> {
        let table = UnsafeMutablePointer<sevensales_plugin>.allocate(capacity: 1)
        table.initialize(
            to: sevensales_plugin(
                abi_version: UInt32(SEVENSALES_PLUGIN_ABI),
                struct_size: UInt32(MemoryLayout<sevensales_plugin>.size),
                kind: UnsafeRawPointer(kind.utf8Start).assumingMemoryBound(to: CChar.self),
                call: call,
                release: { buffer in buffer.bytes?.deallocate() }))
        return UnsafePointer(table)
    }

    /// Answers one call of the interface.
    public static func answer<Plugin: ChannelPlugin>(
        _ plugin: Plugin.Type, _ operation: UInt32, _ input: sevensales_slice, _ body: sevensales_slice,
        _ output: UnsafeMutablePointer<sevensales_buffer>?
    ) -> Int32 {
        guard let output else { return Int32(SEVENSALES_BAD_INPUT) }
        let (status, bytes) = respond(plugin, Int(operation), input, body)
        let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: max(bytes.count, 1))
        bytes.withUnsafeBufferPointer { if let base = $0.baseAddress { copy.initialize(from: base, count: $0.count) } }
        output.pointee = sevensales_buffer(bytes: copy, count: bytes.count)
        return Int32(status)
    }

    private static func respond<Plugin: ChannelPlugin>(
        _ plugin: Plugin.Type, _ operation: Int, _ input: sevensales_slice, _ body: sevensales_slice
    ) -> (Int, [UInt8]) {
        do {
            let limits = JSONLimits(bytes: 4 << 20, depth: 64, nodes: 100_000)
            let document: JSON
            do { document = try JSON.parse(UnsafeBufferPointer(start: input.bytes, count: input.count), limits: limits) } catch {
                throw BadInput("json")
            }
            guard let object = document.object else { throw BadInput("json") }
            let bytes = Array(UnsafeBufferPointer(start: body.bytes, count: body.bytes == nil ? 0 : body.count))
            let answer = try perform(plugin, operation, object, bytes)
            return (SEVENSALES_OK, JSON.object(answer).serialized())
        } catch let error as BadInput {
            return failure(SEVENSALES_BAD_INPUT, "the input's \(error.field) is not acceptable")
        } catch let error as BadBody {
            return failure(SEVENSALES_BAD_BODY, error.explanation)
        } catch let error as JSONError {
            return failure(SEVENSALES_BAD_BODY, "not JSON: \(error)")
        } catch let error as Unsupported {
            return failure(SEVENSALES_UNSUPPORTED, error.explanation)
        } catch {
            return failure(SEVENSALES_FAILED, "internal error")
        }
    }

    private static func perform<Plugin: ChannelPlugin>(
        _ plugin: Plugin.Type, _ operation: Int, _ input: JSON.Object, _ body: [UInt8]
    ) throws -> JSON.Object {
        if operation == SEVENSALES_DESCRIBE { return plugin.description.wire }
        let context = try ChannelContext(input.object("context"))
        switch operation {
        case SEVENSALES_VERIFY:
            return plugin.verify(try WebhookRequest(input.object("request"), body: body), in: context).wire
        case SEVENSALES_PARSE:
            return try plugin.parse(try WebhookRequest(input.object("request"), body: body), in: context).wire
        case SEVENSALES_STEP:
            var state: JSON?
            if let text = input["state"]?.string {
                do { state = try JSON.parse(text, limits: JSONLimits(bytes: 65_536)) } catch { throw BadInput("state") }
            }
            return try plugin.step(
                try ChannelOperation(input.object("operation")), state: state,
                input: try StepInput(input.object("input"), body: body), in: context
            ).wire
        default: throw Unsupported("operation \(operation)")
        }
    }

    private static func failure(_ status: Int, _ explanation: String) -> (Int, [UInt8]) {
        (status, JSON.object(JSON.Object([JSON.Member(key: "error", value: .string(explanation))])).serialized())
    }
}

extension Verification {
    var wire: JSON.Object {
        var object = JSON.Object(reserving: 2)
        switch self {
        case .accepted: object.add("accept", true)
        case .rejected(let answer):
            object.add("accept", false)
            object.add("answer", answer.wire)
        }
        return object
    }
}

extension ParsedWebhook {
    var wire: JSON.Object {
        var object = JSON.Object(reserving: 3)
        object.add("events", .array(events.map { .object($0.wire) }))
        object.add("answer", answer?.wire)
        object.addRemembered(remember)
        return object
    }
}
