import Foundation
import Testing

/// Rules about the text itself: style.md.
struct SourceTests {
    static let folders = ["Modules", "Apps", "Plugins"]

    static func product() throws -> [SourceTree.File] {
        try folders.flatMap { try SourceTree.files(in: $0) }.filter { !$0.path.contains("/Tests/") }
    }

    /// Files over the limit, each with its reason. The table may only shrink.
    static let tooLong: [String: String] = [:]

    @Test func `no file is over its limit`() throws {
        for file in try Self.product() {
            let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false).count
            #expect(lines <= 501 || Self.tooLong[file.path] != nil, "\(file.path) has \(lines) lines")
        }
        for file in try SourceTree.files(in: "Tests") {
            let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false).count
            #expect(lines <= 801, "\(file.path) has \(lines) lines")
        }
        for path in Self.tooLong.keys {
            #expect(FileManager.default.fileExists(atPath: SourceTree.root.appending(path: path).path), "\(path)")
        }
    }

    @Test func `a program is one short file`() throws {
        for app in ["server", "worker", "cli"] {
            for file in try SourceTree.files(in: "Apps/\(app)") {
                #expect(file.text.split(separator: "\n", omittingEmptySubsequences: false).count < 60, "\(file.path)")
            }
        }
    }

    /// A trap on an input path is a remote denial of service.
    @Test func `nothing is forced`() throws {
        let traps = [
            #/\btry!/#, #/\bas!/#, #/\bfatalError\(/#,
            // A value followed by `!`: not `!=`, not a type's `!` after a colon, not text.
            #/[A-Za-z0-9_)\]]!(?:[.,)\]}\[]|\s*$|\s+[^=&|])/#,
        ]
        for file in try Self.product() {
            for line in file.code {
                guard line.text.utf8.contains(UInt8(ascii: "!")) || line.text.contains("fatalError") else { continue }
                let text = Self.withoutStrings(String(line.text))
                for trap in traps { #expect(text.firstMatch(of: trap) == nil, "\(file.path):\(line.number): \(line.text)") }
            }
        }
    }

    /// Empties string literals of one line and drops what follows `//`, so that prose is not taken for code.
    static func withoutStrings(_ line: String) -> String {
        let emptied = line.replacing(#/"(?:[^"\\]|\\.)*"/#, with: "\"\"")
        // Inside a multi-line literal a line may look like anything; such lines have no quotation and no code marks of ours.
        return emptied.firstRange(of: "//").map { String(emptied[..<$0.lowerBound]) } ?? emptied
    }

    /// Where the compiler is told to trust us, outside the parts that wrap C.
    static let trusted = [
        "Modules/KnowledgeBase/PassageIndex/Segment/SegmentBytes.swift": "a mapped file that is never written"
    ]

    /// A plugin's table is made once and never changed.
    static func holdsTable(_ path: String) -> Bool { path.hasPrefix("Plugins/") && path.hasSuffix("Plugin.swift") }

    @Test func `unchecked concurrency stays where C is`() throws {
        let allowed =
            ["PluginHost", "Persistence", "Egress", "Vault"].map { "Modules/Platform/\($0)/" } + ["Plugins/ChannelKit/"]
        for file in try Self.product()
        where !allowed.contains(where: { file.path.hasPrefix($0) }) && Self.trusted[file.path] == nil
            && !Self.holdsTable(file.path)
        {
            for line in file.code {
                let trusts = line.text.contains("@unchecked Sendable") || line.text.contains("nonisolated(unsafe)")
                #expect(!trusts, "\(file.path):\(line.number)")
            }
        }
    }

    /// Tasks that are no service's: one for each open event stream, cancelled with it.
    static let pumps: Set = [
        "Modules/Conversations/Sources/HTTP/LiveRoutes.swift", "Modules/Conversations/Sources/HTTP/VisitorRoutes.swift",
    ]

    @Test func `modules start no tasks of their own`() throws {
        for module in try PackageGraph.shared.get().modules {
            for file in try SourceTree.files(in: "Modules/\(module.name)/Sources") where !Self.pumps.contains(file.path) {
                for line in file.code where line.text.contains("Task") {
                    let starts = line.text.firstMatch(of: #/\bTask(\.detached)?\s*(\([^)]*\)\s*)?\{/#) != nil
                    #expect(!starts, "\(file.path):\(line.number): loops are services")
                }
            }
        }
    }

    @Test func `every declaration of an interface says what it means`() throws {
        for module in try PackageGraph.shared.get().modules {
            for file in try SourceTree.files(in: "Modules/\(module.name)/Interface") {
                let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false)
                for (index, line) in lines.enumerated() {
                    guard
                        let found = line.firstMatch(
                            of: #/^package (?:indirect )?(?:protocol|struct|enum|final class|actor) (\w+)/#)
                    else { continue }
                    // An uninhabited tag names the subject of an identifier and nothing else.
                    guard !line.hasSuffix("{}") else { continue }
                    let before = index > 0 ? lines[index - 1] : ""
                    #expect(before.hasPrefix("///"), "\(file.path): \(found.1) has no doc comment")
                }
            }
        }
    }

    @Test func `every event's name is its own, belongs to its module and has a version`() throws {
        var owners: [String: String] = [:]
        for module in try PackageGraph.shared.get().modules {
            for file in try SourceTree.files(in: "Modules/\(module.name)") {
                let declarations = file.text.matches(of: #/(?:struct|enum) (\w+): [^{]*Event\b[^{]*\{([\s\S]*?)\n\}/#)
                for declaration in declarations {
                    let name = try #require(
                        declaration.2.firstMatch(of: #/static let name = "([^"]+)"/#)?.1,
                        "\(file.path): \(declaration.1) has no name")
                    let prefix = try #require(SchemaTests.prefixes[module.name]).dropLast()
                    #expect(name.wholeMatch(of: #/[a-z]+\.[a-z]+(-[a-z]+)*\.v[1-9][0-9]*/#) != nil, "\(name)")
                    #expect(name.hasPrefix("\(prefix)."), "\(name) is published by \(module.name)")
                    #expect(owners.updateValue("\(file.path) \(declaration.1)", forKey: String(name)) == nil, "\(name) twice")
                }
            }
        }
        #expect(owners.count >= 10, "the search finds the events")
    }

    @Test func `every queue's name is its own`() throws {
        var queues: [String: String] = [:]
        for file in try Self.product() {
            for found in file.text.matches(of: #/static let queue = "([^"]+)"/#) {
                #expect(queues.updateValue(file.path, forKey: String(found.1)) == nil, "\(found.1) in \(file.path) and elsewhere")
                #expect(found.1.wholeMatch(of: #/[a-z]+\.[a-z]+([-.][a-z]+)*/#) != nil, "\(found.1)")
            }
        }
    }

    @Test func `every module and platform part explains itself`() throws {
        let modules = try PackageGraph.shared.get().modules.map { "Modules/\($0.name)" }
        let platform = [
            "Kernel", "Persistence", "Vault", "Egress", "Documents", "ObjectStorage", "WebSupport", "PluginABI", "PluginHost",
            "WireJSON",
        ]
        for folder in modules + platform.map({ "Modules/Platform/\($0)" }) {
            let readme = SourceTree.root.appending(path: "\(folder)/README.md")
            let lines = (try? String(contentsOf: readme, encoding: .utf8))?.split(separator: "\n").count ?? 0
            #expect(lines >= 8, "\(folder)/README.md")
        }
    }
}
