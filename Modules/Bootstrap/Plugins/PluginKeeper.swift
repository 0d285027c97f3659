import Dispatch
import Foundation
import Kernel
import Logging
import PluginHost
import ServiceLifecycle
import Synchronization

/// Loads the plugins, and keeps what is loaded as the plugin folder says while the program runs: what is installed, enabled, disabled,
/// removed or released there takes effect within two seconds. A plugin that cannot be loaded is left out and said so: it takes nothing along.
final class PluginKeeper: Service {
    /// How a kind lies in the folder. Whoever installs replaces several files: only what stays for two looks is acted upon.
    private struct Lie: Equatable {
        var files: [String] = []
        var settings: Data?
    }

    private struct Memory {
        /// What is loaded.
        var acted: [String: Lie] = [:]
        /// As the last look found it.
        var seen: [String: Lie] = [:]
        var releases: [String: Int] = [:]
    }

    private static let pause = Duration.milliseconds(500)

    let registry: DriverRegistry
    private let loader: PluginLoader
    private let time: any TimeSource
    private let logger: Logger
    private let memory = Mutex(Memory())

    /// Throws `StartupError` for what the operator must mend.
    init(_ loader: PluginLoader, time: any TimeSource, logger: Logger) throws {
        (self.loader, self.time, self.logger) = (loader, time, logger)
        try loader.check()
        do { registry = try DriverRegistry([]) } catch { throw StartupError("a channel plugin cannot be loaded: \(error)") }
        let lies = look()
        for (kind, lie) in lies.sorted(by: { $0.key < $1.key }) { act(kind, lie) }
        memory.withLock { $0.seen = lies }
    }

    /// Lets a plugin try again, here at once and soon in the other programs of this data folder.
    func release(_ kind: String) throws {
        registry[kind]?.release()
        do { try loader.folder.release(kind) } catch let error as StartupError {
            throw Problem.unavailable("The plugin cannot be released: \(error.description).")
        }
    }

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { [self] in
                while true {
                    try await time.sleep(for: Self.pause)
                    await watch()
                }
            }
        } catch is CancellationError {}
    }

    /// Loading waits for a process: not on a thread that requests need.
    private func watch() async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            DispatchQueue.global().async { [self] in
                let lies = look()
                let (acted, seen) = memory.withLock { memory in
                    defer { memory.seen = lies }
                    return (memory.acted, memory.seen)
                }
                for kind in Set(lies.keys).union(acted.keys).sorted() where lies[kind] != acted[kind] && lies[kind] == seen[kind]
                {
                    act(kind, lies[kind])
                    loader.watch.changed(kind)
                }
                continuation.resume()
            }
        }
    }

    private func look() -> [String: Lie] {
        var lies: [String: Lie] = [:]
        for kind in loader.folder.kinds() {
            let folder = loader.folder.url.appending(path: kind)
            var lie = Lie(settings: FileManager.default.contents(atPath: folder.appending(path: "settings.json").path))
            for name in ["plugin.so", "plugin.so.json"] {
                let path = folder.appending(path: name).path
                guard let found = try? FileManager.default.attributesOfItem(atPath: path) else { continue }
                let written = (found[.modificationDate] as? Date)?.timeIntervalSinceReferenceDate ?? 0
                lie.files.append("\(name) \(found[.systemFileNumber] ?? "") \(found[.size] ?? "") \(written)")
            }
            lies[kind] = lie
        }
        return lies
    }

    /// Makes the registry what the folder says of a kind.
    private func act(_ kind: String, _ lie: Lie?) {
        let before = memory.withLock { memory in
            defer { memory.acted[kind] = lie }
            return memory.acted[kind]
        }
        do {
            guard let entry = try loader.folder.entry(kind) else {
                return registry.vacate(kind, because: before.map { _ in "it was removed" })
            }
            let released = entry.settings.releases ?? 0
            let known = memory.withLock { memory in
                defer { memory.releases[kind] = released }
                return memory.releases[kind]
            }
            if let driver = registry[kind], let known, known != released, lie?.files == before?.files {
                return driver.release()
            }
            guard entry.settings.isEnabled else { return registry.vacate(kind, because: "it is disabled") }
            let driver = try loader.load(entry)
            registry.seat(driver)
            logger.log(
                level: entry.isLinked && driver.mode == .linked ? .debug : .notice, "plugin loaded",
                metadata: ["kind": "\(kind)", "mode": "\(driver.mode.rawValue)"])
        } catch {
            let reason =
                switch error {
                case PluginFault.notLoadable(let text): text
                case let error as StartupError: error.description
                default: "\(error)"
                }
            registry.vacate(kind, because: reason)
            logger.error("a plugin is left out", metadata: ["kind": "\(kind)", "reason": "\(reason)"])
        }
    }
}
