import Foundation
import PassageIndex

/// The same questions put to SQLite FTS5 as an OR of their words, by python3's sqlite3. Skipped without python3.
enum FullTextBaseline {
    private static let script = """
        import sqlite3, sys, time
        db = sqlite3.connect(":memory:")
        db.execute("CREATE VIRTUAL TABLE t USING fts5(title, body, content='')")
        with open(sys.argv[1], encoding="utf-8") as f:
            db.executemany("INSERT INTO t(title, body) VALUES (?, ?)", (l.rstrip("\\n").split("\\t") for l in f))
        db.execute("INSERT INTO t(t) VALUES('optimize')")
        times = []
        for line in open(sys.argv[2], encoding="utf-8"):
            match = " OR ".join('"%s"' % w for w in line.strip(" ?\\n").split())
            start = time.perf_counter()
            db.execute("SELECT rowid FROM t WHERE t MATCH ? ORDER BY rank LIMIT 20", (match,)).fetchall()
            times.append((time.perf_counter() - start) * 1000)
        times.sort()
        print(times[len(times) // 2], times[len(times) * 95 // 100])
        """

    static func run(passages: [Passage], questions: [String], report: (String, Double) -> Void) throws {
        let folder = URL(filePath: NSTemporaryDirectory()).appending(path: "passage-index-fts5")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (texts, asked) = (folder.appending(path: "texts.tsv"), folder.appending(path: "questions.txt"))
        try passages.map { "\($0.title)\t\($0.text)" }.joined(separator: "\n").write(
            to: texts, atomically: false, encoding: .utf8)
        try questions.prefix(100).joined(separator: "\n").write(to: asked, atomically: false, encoding: .utf8)
        let (process, output) = (Process(), Pipe())
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = ["-c", script, texts.path, asked.path]
        process.standardOutput = output
        guard (try? process.run()) != nil else { return }
        let printed = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let numbers = printed.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
        guard numbers.count == 2 else { return }
        report("SQLite FTS5 OR, p50 (100 questions)", numbers[0])
        report("SQLite FTS5 OR, p95 (100 questions)", numbers[1])
    }
}
