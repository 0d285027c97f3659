import Foundation

/// The package as SwiftPM reads `Package.swift`, and the imports its files really make.
struct PackageGraph: Sendable {
    struct Target: Decodable, Sendable {
        let name: String
        let path: String?
        let type: String
        let dependencies: Set<String>
        var isTest: Bool { type == "test" }

        private enum Key: String, CodingKey { case name, path, type, dependencies }

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: Key.self)
            (name, type) = (try values.decode(String.self, forKey: .name), try values.decode(String.self, forKey: .type))
            path = try values.decodeIfPresent(String.self, forKey: .path)
            // Each dependency is {"byName"|"target"|"product": [name, …]}.
            let raw = try values.decode([[String: [Ignored]]].self, forKey: .dependencies)
            dependencies = Set(raw.compactMap { $0.values.first?.first?.text })
        }
    }

    /// A string, or something the test does not look at.
    private struct Ignored: Decodable {
        let text: String?
        init(from decoder: any Decoder) throws { text = try? decoder.singleValueContainer().decode(String.self) }
    }

    /// What needs no declaration.
    static let toolchain: Set = [
        "Dispatch", "Foundation", "FoundationEssentials", "FoundationNetworking", "Glibc", "Synchronization", "Testing",
    ]

    let targets: [Target]
    let root: URL

    /// Loaded once for all tests.
    static let shared = Result { try load() }

    /// The targets that have an `Interface` twin, so that a new module is covered the day it is added.
    var modules: [Target] {
        let names = Set(targets.map(\.name))
        return targets.filter { names.contains($0.name + "Interface") }
    }

    /// The modules whose interfaces `module` may call.
    func uses(of module: Target) -> Set<String> {
        Set(module.dependencies.filter { $0.hasSuffix("Interface") }.map { String($0.dropLast(9)) }).subtracting([module.name])
    }

    /// A separate scratch path: `swift test` holds the lock on `.build`.
    private static func load() throws -> Self {
        let root = SourceTree.root
        let (process, output) = (Process(), Pipe())
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "swift", "package", "--package-path", root.path, "--scratch-path", NSTemporaryDirectory() + "architecture-tests",
            "dump-package",
        ]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let json = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        struct Manifest: Decodable { let targets: [Target] }
        return Self(targets: try JSONDecoder().decode(Manifest.self, from: json).targets, root: root)
    }

    /// Imported module names by file, relative to the root.
    func imports(of target: Target) throws -> [String: Set<String>] {
        try Dictionary(
            uniqueKeysWithValues: SourceTree.files(in: target.path ?? "Sources/\(target.name)").map { ($0.path, $0.imports) })
    }
}
