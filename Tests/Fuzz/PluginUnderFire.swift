import Kernel
import PluginABI
import WireJSON

@testable import PluginHost

/// One plugin's calls, each with whatever input and body there may be. An input of the fuzzer is text that a person can read:
///
///     parse                      what the plugin is asked: verify, parse or step
///     {"context":{"now":1},…}    the call's input, on one line
///     {"update_id":1,…}          the raw body, to the end; for a step the provider's answer
struct PluginUnderFire {
    private let calls: PluginCalls
    private let description: ChannelDescription

    /// Providers' longest operations take about as many.
    private static let mostSteps = 8

    init(_ calls: PluginCalls) throws {
        self.calls = calls
        description = try TableDriver(calls, origin: "fuzz").description
    }

    func call(_ bytes: [UInt8]) {
        let parts = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3 else { return }
        let (input, body) = (Array(parts[1]), Array(parts[2]))
        switch String(decoding: parts[0], as: UTF8.self) {
        case "verify": read(SEVENSALES_VERIFY, input, body, WireOutput.verification)
        case "parse":
            for event in read(SEVENSALES_PARSE, input, body, WireOutput.parsed)?.events ?? [] {
                PluginAnswers.survivesStoring(event)
            }
        case "step": operate(input, body)
        default: return
        }
    }

    /// An operation from the step that the input says to its end, each request answered by the same body.
    private func operate(_ input: [UInt8], _ body: [UInt8]) {
        guard var step = read(SEVENSALES_STEP, input, body, WireOutput.step), var next = (try? JSON.parse(input))?.object else {
            return
        }
        for _ in 0..<Self.mostSteps {
            PluginAnswers.isSound(step, hosts: description.secretHosts(settings: settings(of: next)))
            guard case .request(_, let state, _) = step else { return }
            next.members.removeAll { ["state", "input"].contains($0.key) }
            next.add("state", state.text)
            next.add("input", ["kind": "response", "status": 200, "headers": []] as JSON)
            guard let following = read(SEVENSALES_STEP, JSON.object(next).serialized(), body, WireOutput.step) else { return }
            step = following
        }
    }

    private func settings(of input: JSON.Object) -> [String: String] {
        var result: [String: String] = [:]
        for member in input["context"]?["settings"]?.object?.members ?? [] { result[member.key] = member.value.string }
        return result
    }

    /// A plugin answers what the host can read, or says why it does not answer; and says the same when it is asked again.
    @discardableResult
    private func read<Value>(
        _ operation: Int, _ input: [UInt8], _ body: [UInt8], _ reading: (JSON.Object) throws(WireError) -> Value
    ) -> Value? {
        let first = answer(operation, input, body)
        demand(first == answer(operation, input, body), "the same call gave another answer")
        do {
            let object = try first.bytes.withUnsafeBufferPointer { try PluginAnswer.read(status: first.status, $0) }
            do throws(WireError) { return try reading(object) } catch {
                demand(!isPlausible(input), "the host refuses the plugin's \(error.field)")
                return nil
            }
        } catch PluginFault.badInput, PluginFault.badBody, PluginFault.unsupported { return nil } catch { fatalError("\(error)") }
    }

    private struct Answer: Equatable { let status: Int, bytes: [UInt8] }

    private func answer(_ operation: Int, _ input: [UInt8], _ body: [UInt8]) -> Answer {
        input.withUnsafeBufferPointer { input in
            body.withUnsafeBufferPointer { body in
                calls.perform(UInt32(truncatingIfNeeded: operation), input, body) { Answer(status: Int($0), bytes: Array($1)) }
            }
        }
    }

    /// Whether the host may have sent it: no channel is connected without its settings, and only what people write is long.
    private func isPlausible(_ input: [UInt8]) -> Bool {
        let input = try? JSON.parse(input)
        return description.settings.filter(\.isRequired).allSatisfy { field in
            guard field.isVerificationKey || !field.isSecret else { return true }
            return input?["context"]?["settings"]?[field.name]?.string.map { (1...WireLimit.name).contains($0.utf8.count) }
                ?? false
        } && isShort(input?["operation"])
    }

    private func isShort(_ value: JSON?) -> Bool {
        switch value {
        case .string(let text): text.utf8.count <= WireLimit.identifier
        case .array(let values): values.allSatisfy(isShort)
        case .object(let object):
            object.members.allSatisfy { ["text", "caption"].contains($0.key) && $0.value.string != nil || isShort($0.value) }
        default: true
        }
    }
}
