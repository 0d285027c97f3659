package import ArgumentParser
import Dispatch
import Foundation
import Glibc
import Kernel
package import Logging
import PluginHost
import Vault

/// Runs a program's commands and turns every failure into one line and a status.
package enum Program {
    /// Parses the command line and runs the command; ends the process. Status 2 means that the caller must change something.
    ///
    /// Not `async`, and called before anything that is: a process that becomes a plugin's must still have a single thread, because a
    /// sandbox confines the thread that asks for it.
    package static func run(_ root: (some ParsableCommand & Sendable).Type) -> Never {
        PluginChild.runIfAsked(linked: LinkedPlugins.all)
        signal(SIGPIPE, SIG_IGN)
        // What an installation writes is for its own user alone.
        umask(0o077)
        Task.detached { await perform(root) }
        dispatchMain()
    }

    private static func perform(_ root: (some ParsableCommand & Sendable).Type) async -> Never {
        do {
            var command = try root.parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand { try await asynchronous.run() } else { try command.run() }
            exit(0)
        } catch {
            fail(error, root)
        }
    }

    private static func fail(_ error: any Error, _ root: (some ParsableCommand).Type) -> Never {
        switch error {
        case let error as StartupError: end(error.description)
        case let problem as Problem: end(problem.explanation)
        case let error as VaultError: end(error.description)
        // The command has said what it had to say.
        case let code as ExitCode: exit(code.rawValue)
        default: break
        }
        let code = root.exitCode(for: error)
        if code.isSuccess {
            say(root.fullMessage(for: error))
            exit(0)
        }
        if code == .validationFailure { end(root.message(for: error)) }
        end("failed: \(error)", status: 1)
    }

    private static func end(_ text: String, status: Int32 = 2) -> Never {
        let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
        FileHandle.standardError.write(Data("sevensales: \(line)\n".utf8))
        exit(status)
    }

    /// Prints a line at once: whoever started the program may be waiting for it.
    static func say(_ text: String) { FileHandle.standardOutput.write(Data("\(text)\n".utf8)) }

    package static func logger(_ level: Logger.Level) -> Logger {
        var logger = Logger(label: "sevensales") { _ in LineLog() }
        logger.logLevel = level
        return logger
    }
}

extension Problem {
    fileprivate var explanation: String {
        switch self {
        case .notFound: "there is no such thing"
        case .invalid(let field, let reason): "\(field): \(reason)"
        case .malformed(let reason), .conflict(let reason), .unavailable(let reason): reason
        case .tooLarge(let limit): "at most \(limit) bytes"
        default: "\(self)"
        }
    }
}

/// One line an entry on standard error. Control characters and line breaks in values are escaped, so that nobody can forge an entry.
private struct LineLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var line = "\(SystemTime().now()) \(event.level.rawValue) \(event.message)"
        let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
        for key in all.keys.sorted() { line += " \(key)=\(all[key].map { "\($0)" } ?? "")" }
        let safe = line.unicodeScalars.map { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse:
                "\\u{\(String(scalar.value, radix: 16))}"
            default: String(scalar)
            }
        }.joined()
        FileHandle.standardError.write(Data((safe + "\n").utf8))
    }
}
