import PluginABI
package import WireJSON

/// A driver whose plugin is spoken to in the interface's JSON, wherever it runs.
package protocol WireDriver: ChannelDriver {
    /// One call of the plugin: a `SEVENSALES_…` operation, its input and the raw bytes beside it.
    func answer(to operation: Int, input: JSON, body: [UInt8]) async throws -> JSON.Object
}

extension WireDriver {
    package func verify(_ request: WebhookRequest, in context: ChannelContext) async throws -> Verification {
        let input = WireInput.webhook(request, headers: description.webhookHeaders, context)
        return try read(try await answer(to: SEVENSALES_VERIFY, input: input, body: request.body), WireOutput.verification)
    }

    package func parse(_ request: WebhookRequest, in context: ChannelContext) async throws -> ParsedWebhook {
        let input = WireInput.webhook(request, headers: description.webhookHeaders, context)
        return try read(try await answer(to: SEVENSALES_PARSE, input: input, body: request.body), WireOutput.parsed)
    }

    package func step(
        _ operation: ChannelOperation, state: PluginState?, input: StepInput, in context: ChannelContext
    ) async throws -> ChannelStep {
        let body: [UInt8] = if case .response(let response) = input { response.body } else { [] }
        let message = WireInput.step(operation, state: state, input: input, context)
        return try read(try await answer(to: SEVENSALES_STEP, input: message, body: body), WireOutput.step)
    }

    private func read<Value>(_ object: JSON.Object, _ reading: (JSON.Object) throws(WireError) -> Value) throws -> Value {
        do throws(WireError) { return try reading(object) } catch { throw PluginFault.malformedAnswer(error.field) }
    }
}

extension ChannelDescription {
    /// Reads a plugin's answer to `describe`. `kind` is what its table says; `origin` names the plugin in faults.
    init(_ answer: JSON.Object, kind: String, origin: String) throws {
        do throws(WireError) { try self.init(answer) } catch {
            throw PluginFault.notLoadable("\(origin): the description's \(error.field) is not acceptable")
        }
        guard self.kind == kind else {
            throw PluginFault.notLoadable("\(origin): the table says \(kind), the description \(self.kind)")
        }
    }
}

/// Talks to a plugin in this process through its table of functions.
package struct TableDriver: Sendable {
    package let description: ChannelDescription
    private let calls: PluginCalls

    /// Checks the table and reads the description. `origin` names the plugin in faults.
    init(_ table: UnsafePointer<sevensales_plugin>, origin: String) throws {
        try self.init(try PluginCalls(table, origin: origin), origin: origin)
    }

    /// Reads the description of a plugin whose table was checked.
    init(_ calls: PluginCalls, origin: String) throws {
        self.calls = calls
        let answer = try calls.answer(to: SEVENSALES_DESCRIBE, input: .object(JSON.Object()), body: [])
        description = try ChannelDescription(answer, kind: calls.kind, origin: origin)
    }

    func answer(to operation: Int, input: JSON, body: [UInt8]) throws -> JSON.Object {
        try calls.answer(to: operation, input: input, body: body)
    }
}

/// A driver that only adds how its table was found.
package protocol TableBacked: WireDriver {
    var table: TableDriver { get }
}

extension TableBacked {
    package var description: ChannelDescription { table.description }

    package func answer(to operation: Int, input: JSON, body: [UInt8]) async throws -> JSON.Object {
        try table.answer(to: operation, input: input, body: body)
    }
}

/// The function pointers of a checked table. The ABI allows calls from any thread at once and the table never changes,
/// which is what `@unchecked` promises.
struct PluginCalls: @unchecked Sendable {
    let kind: String
    private let call: sevensales_call
    private let release: sevensales_release

    init(_ table: UnsafePointer<sevensales_plugin>, origin: String) throws {
        // The first two fields are the same in every version; nothing else may be read before they are checked.
        guard table.pointee.abi_version == SEVENSALES_PLUGIN_ABI else {
            throw PluginFault.notLoadable(
                "\(origin): made for plugin interface \(table.pointee.abi_version), this is \(SEVENSALES_PLUGIN_ABI)")
        }
        guard Int(table.pointee.struct_size) >= MemoryLayout<sevensales_plugin>.size else {
            throw PluginFault.notLoadable("\(origin): the table has only \(table.pointee.struct_size) bytes")
        }
        // A plugin may leave any of these empty, whatever the header says.
        let name = UnsafeRawPointer(table).load(
            fromByteOffset: MemoryLayout<sevensales_plugin>.offset(of: \.kind) ?? 8, as: UnsafePointer<CChar>?.self)
        guard let name, let kind = String(validatingCString: name) else {
            throw PluginFault.notLoadable("\(origin): the table names no kind")
        }
        guard let call = table.pointee.call, let release = table.pointee.release else {
            throw PluginFault.notLoadable("\(origin): the table lacks a function")
        }
        (self.kind, self.call, self.release) = (kind, call, release)
    }

    func answer(to operation: Int, input: JSON, body: [UInt8]) throws -> JSON.Object {
        let message = input.serialized()
        return try message.withUnsafeBufferPointer { message in
            try body.withUnsafeBufferPointer { body in
                try perform(UInt32(truncatingIfNeeded: operation), message, body) { try PluginAnswer.read(status: Int($0), $1) }
            }
        }
    }

    /// Calls the plugin and lends what it answered, with its status, to `reading`.
    func perform<Value>(
        _ operation: UInt32, _ input: UnsafeBufferPointer<UInt8>, _ body: UnsafeBufferPointer<UInt8>,
        _ reading: (Int32, UnsafeBufferPointer<UInt8>) throws -> Value
    ) rethrows -> Value {
        var output = sevensales_buffer(bytes: nil, count: 0)
        let status = call(
            operation, sevensales_slice(bytes: input.baseAddress, count: input.count),
            sevensales_slice(bytes: body.baseAddress, count: body.count), &output)
        defer { if output.bytes != nil { release(output) } }
        return try reading(status, UnsafeBufferPointer(start: output.bytes, count: output.bytes == nil ? 0 : output.count))
    }
}

/// Turns a call's status and bytes into an object or a fault; an isolated plugin's frames go through it too.
enum PluginAnswer {
    static func read(status: Int, _ bytes: UnsafeBufferPointer<UInt8>) throws -> JSON.Object {
        guard bytes.count <= WireLimit.answerBytes else { throw PluginFault.malformedAnswer("size") }
        let limits = JSONLimits(bytes: WireLimit.answerBytes, depth: 64, nodes: 100_000)
        let object = (try? JSON.parse(bytes, limits: limits))?.object
        if status == SEVENSALES_OK {
            guard let object else { throw PluginFault.malformedAnswer("json") }
            return object
        }
        let text = object?["error"]?.string.map { String($0.prefix(500)) } ?? "no explanation"
        switch status {
        case SEVENSALES_UNSUPPORTED: throw PluginFault.unsupported(text)
        case SEVENSALES_BAD_INPUT: throw PluginFault.badInput(text)
        case SEVENSALES_BAD_BODY: throw PluginFault.badBody(text)
        default: throw PluginFault.failed(text)
        }
    }
}
