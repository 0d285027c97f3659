import CSandbox
import PluginABI
package import WireJSON

/// A plugin in a process of its own, which may fail without taking anything along.
///
/// The process has no network, no file but its own folder, no further process and bounded memory. One that dies, falls silent or talks
/// nonsense is ended and started again after a growing delay; after five crashes in ten minutes it stays off. Calls meanwhile throw
/// `PluginFault.unavailable`, and what they were for stays where it is: with the provider, or in the queue.
package final class IsolatedDriver: WireDriver {
    package struct Options: Sendable {
        /// The program that becomes the plugin's process: this one.
        package var program = "/proc/self/exe"
        /// For one call.
        package var deadline = Duration.seconds(10)
        /// False leaves out Landlock and seccomp, on kernels that lack them and for operators who said so.
        package var isConfined = true
        /// Asked before each start of the process; what it throws as `PluginFault.notLoadable` keeps the plugin off until it is released.
        package var check: (@Sendable () throws -> Void)?
        /// Told of every change of `condition` after the start, on the plugin's own thread: it must not wait for anything.
        package var onChange: (@Sendable (DriverCondition) -> Void)?

        package init() {}
    }

    package let description: ChannelDescription
    /// The description as the plugin gave it, in one form: what a manifest vouches for.
    package let descriptionText: [UInt8]
    private let supervisor: PluginSupervisor

    package var mode: PluginMode { .isolated }

    /// Starts the process of the plugin in the shared object at `path`, which must be absolute, and reads its description.
    ///
    /// Throws `PluginFault.notLoadable`.
    package convenience init(path: String, options: Options = Options()) throws {
        guard path.hasPrefix("/") else { throw PluginFault.notLoadable("\(path): not an absolute path") }
        try self.init(origin: path, options)
    }

    /// Starts the process of the plugin of this kind that is linked into `options.program`, and reads its description.
    ///
    /// Throws `PluginFault.notLoadable`.
    package convenience init(linked kind: String, options: Options = Options()) throws {
        guard !kind.hasPrefix("/") else { throw PluginFault.notLoadable("\(kind): a kind was expected, not a path") }
        try self.init(origin: kind, options)
    }

    private init(origin: String, _ options: Options) throws {
        if options.isConfined, !Self.missingProtection.isEmpty {
            throw PluginFault.notLoadable("\(origin): this kernel lacks \(Self.missingProtection.joined(separator: " and "))")
        }
        supervisor = try PluginSupervisor(origin: origin, options: options)
        do {
            let (kind, answer) = try supervisor.start()
            description = try ChannelDescription(answer, kind: kind, origin: origin)
            descriptionText = JSON.object(answer).serialized()
        } catch {
            supervisor.stop()
            throw error
        }
    }

    deinit { supervisor.stop() }

    /// What this kernel lacks to confine a plugin: nothing on Linux 5.13 and later, as most distributions build it.
    package static var missingProtection: [String] {
        let support = Int(sevensales_sandbox_support())
        return (support & Int(SEVENSALES_HAS_LANDLOCK) == 0 ? ["Landlock"] : [])
            + (support & Int(SEVENSALES_HAS_SECCOMP) == 0 ? ["seccomp"] : [])
    }

    package var condition: DriverCondition { supervisor.condition }

    /// Resident memory of the plugin's process in bytes; nil while there is none.
    package var residentBytes: Int? { supervisor.residentBytes }

    /// Ends the plugin's process as a crash would, to see that everything else goes on.
    package func crash() { supervisor.crash() }

    /// Lets a quarantined plugin try again at once.
    package func release() { supervisor.release() }

    package func answer(to operation: Int, input: JSON, body: [UInt8]) async throws -> JSON.Object {
        let message = input.serialized()
        let (status, bytes) = try await withCheckedThrowingContinuation { continuation in
            supervisor.submit(
                PluginSupervisor.Call(
                    operation: UInt32(truncatingIfNeeded: operation), input: message, body: body,
                    finish: { continuation.resume(with: $0) }))
        }
        return try bytes.withUnsafeBufferPointer { try PluginAnswer.read(status: Int(status), $0) }
    }
}
