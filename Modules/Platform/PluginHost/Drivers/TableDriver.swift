import PluginABI
import WireJSON

/// Talks to a plugin in this process through its table of functions.
package struct TableDriver: ChannelDriver {
    package let description: ChannelDescription
    private let calls: PluginCalls

    /// Checks the table and reads the description. `origin` names the plugin in faults.
    init(_ table: UnsafePointer<sevensales_plugin>, origin: String) throws {
        calls = try PluginCalls(table, origin: origin)
        let answer = try calls.answer(to: SEVENSALES_DESCRIBE, input: .object(JSON.Object()), body: [])
        do throws(WireError) { description = try ChannelDescription(answer) } catch {
            throw PluginFault.notLoadable("\(origin): the description's \(error.field) is not acceptable")
        }
        guard description.kind == calls.kind else {
            throw PluginFault.notLoadable(
                "\(origin): the table says \(calls.kind), the description \(description.kind)")
        }
    }

    package func verify(_ request: WebhookRequest, in context: ChannelContext) async throws -> Verification {
        let input = WireInput.webhook(request, headers: description.webhookHeaders, context)
        return try calls.read(SEVENSALES_VERIFY, input, request.body, WireOutput.verification)
    }

    package func parse(_ request: WebhookRequest, in context: ChannelContext) async throws -> ParsedWebhook {
        let input = WireInput.webhook(request, headers: description.webhookHeaders, context)
        return try calls.read(SEVENSALES_PARSE, input, request.body, WireOutput.parsed)
    }

    package func step(
        _ operation: ChannelOperation, state: PluginState?, input: StepInput, in context: ChannelContext
    ) async throws -> ChannelStep {
        let body: [UInt8] = if case .response(let response) = input { response.body } else { [] }
        let message = WireInput.step(operation, state: state, input: input, context)
        return try calls.read(SEVENSALES_STEP, message, body, WireOutput.step)
    }
}

/// A driver that only adds how its table was found.
package protocol TableBacked: ChannelDriver {
    var table: TableDriver { get }
}

extension TableBacked {
    package var description: ChannelDescription { table.description }

    package func verify(_ request: WebhookRequest, in context: ChannelContext) async throws -> Verification {
        try await table.verify(request, in: context)
    }

    package func parse(_ request: WebhookRequest, in context: ChannelContext) async throws -> ParsedWebhook {
        try await table.parse(request, in: context)
    }

    package func step(
        _ operation: ChannelOperation, state: PluginState?, input: StepInput, in context: ChannelContext
    ) async throws -> ChannelStep {
        try await table.step(operation, state: state, input: input, in: context)
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

    func read<Value>(
        _ operation: Int, _ input: JSON, _ body: [UInt8], _ reading: (JSON.Object) throws(WireError) -> Value
    ) throws -> Value {
        let object = try answer(to: operation, input: input, body: body)
        do throws(WireError) { return try reading(object) } catch { throw PluginFault.malformedAnswer(error.field) }
    }

    func answer(to operation: Int, input: JSON, body: [UInt8]) throws -> JSON.Object {
        let message = input.serialized()
        var output = sevensales_buffer(bytes: nil, count: 0)
        let status = message.withUnsafeBufferPointer { message in
            body.withUnsafeBufferPointer { body in
                call(
                    UInt32(truncatingIfNeeded: operation),
                    sevensales_slice(bytes: message.baseAddress, count: message.count),
                    sevensales_slice(bytes: body.baseAddress, count: body.count), &output)
            }
        }
        defer { if output.bytes != nil { release(output) } }
        return try PluginAnswer.read(
            status: Int(status), UnsafeBufferPointer(start: output.bytes, count: output.bytes == nil ? 0 : output.count)
        )
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
