import Foundation
import Synchronization

/// The repository's Swift files, as text.
enum SourceTree {
    struct File: Sendable {
        /// Relative to the root.
        let path: String
        let text: String
        /// The lines with their numbers, without those that are comments.
        let code: [(number: Int, text: Substring)]
        /// The modules it imports.
        let imports: Set<String>

        init(path: String, text: String) {
            (self.path, self.text) = (path, text)
            code = text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
                .map { ($0.offset + 1, $0.element) }
                .filter { !$0.1.utf8.drop(while: { $0 == 32 }).starts(with: "//".utf8) }
            // `package import struct Foundation.URL` → Foundation
            imports = Set(
                code.compactMap { line in
                    guard let word = line.text.utf8.firstRange(of: "import ".utf8) else { return nil }
                    let before = line.text[..<word.lowerBound].split(separator: " ")
                    guard before.allSatisfy({ $0.hasPrefix("@") || Self.access.contains($0) }) else { return nil }
                    let after = line.text[word.upperBound...].split(separator: " ").drop { Self.kinds.contains($0) }
                    // `import a, b` is another language, in a text.
                    return after.first.flatMap { $0.hasSuffix(",") ? nil : $0 }.map {
                        String($0.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
                    }
                })
        }

        private static let access: Set<Substring> = ["package", "public", "internal", "private", "fileprivate"]
        private static let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
    }

    /// From the working folder when that is the package, as in a copy; else from where this file was compiled.
    static let root: URL = {
        let here = URL(filePath: FileManager.default.currentDirectoryPath)
        if FileManager.default.fileExists(atPath: here.appending(path: "Tests/ArchitectureTests").path) {
            return here.standardizedFileURL
        }
        return URL(filePath: #filePath).appending(path: "../../..").standardizedFileURL
    }()

    private static let known = Mutex<[String: [File]]>([:])

    /// The Swift files below `folder`, in the order of their paths. A missing folder has none.
    static func files(in folder: String) throws -> [File] {
        if let files = known.withLock({ $0[folder] }) { return files }
        let files = try read(folder)
        known.withLock { $0[folder] = files }
        return files
    }

    private static func read(_ folder: String) throws -> [File] {
        let start = root.appending(path: folder).resolvingSymlinksInPath()
        let found = FileManager.default.enumerator(at: start, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL } ?? []
        return try found.filter {
            $0.pathExtension == "swift" && !$0.pathComponents.contains(where: { [".build", "node_modules"].contains($0) })
        }
        .map { file in
            let below = file.resolvingSymlinksInPath().path.dropFirst(start.path.count)
            return File(path: folder + below, text: try String(contentsOf: file, encoding: .utf8))
        }
        .sorted { $0.path < $1.path }
    }
}
