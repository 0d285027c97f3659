import Foundation
import Glibc
import Kernel
import PassageIndex

// swift run -c release PassageIndexBench [passages] Builds an index over a synthetic Zipfian corpus and prints what
// searching it costs, beside SQLite FTS5 when python3 is there.
let count = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 100_000
var corpus = SyntheticCorpus(seed: 7)
let passages = (0..<count).map { _ in corpus.passage() }
let questions = (0..<300).map { _ in corpus.question(about: passages) }
let text = passages.reduce(0) { $0 + $1.text.utf8.count }
print("\(count) passages, \(text / 1_000_000) MB of text, \(questions.count) questions of 12–20 words")
print("e.g. \(questions[0])\n")
print("figure | measured | target | ratio")
print("---|---|---|---")

func row(_ figure: String, _ measured: Double, _ unit: String, target: Double? = nil) {
    let ratio = target.map { String(format: "%.2f", measured / $0) } ?? "–"
    let wanted = target.map { String(format: "≤ %g %@", $0, unit) } ?? "–"
    print("\(figure) | \(String(format: "%.2f", measured)) \(unit) | \(wanted) | \(ratio)")
}

func percentile(_ values: [Double], _ share: Double) -> Double {
    let sorted = values.sorted()
    return sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
}

func residentMegabytes() -> Double {
    let fields = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ") ?? []
    return fields.count > 1 ? (Double(fields[1]) ?? 0) * 4_096 / 1_000_000 : 0
}

func seconds(_ work: () throws -> Void) rethrows -> Double {
    let clock = ContinuousClock()
    let time = try clock.measure(work)
    return Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
}

func milliseconds(of questions: [String], _ search: (String) -> Void) -> [Double] {
    questions.map { question in seconds { search(question) } * 1_000 }
}

let folder = URL(filePath: NSTemporaryDirectory()).appending(path: "passage-index-bench")
let before = residentMegabytes()
let index = try PassageIndex(folder: folder, discardingFiles: true)
let build = seconds {
    for start in stride(from: 0, to: count, by: 4_096) { index.add(Array(passages[start..<min(start + 4_096, count)])) }
}
row("build", build, "s", target: 30)
let unmerged = index.segments
_ = milliseconds(of: questions) { _ = index.search($0, top: 20) }
let loose = milliseconds(of: questions) { _ = index.search($0, top: 20) }
row("search p50, \(unmerged) segments", percentile(loose, 0.5), "ms", target: 2)
row("search p95, \(unmerged) segments", percentile(loose, 0.95), "ms", target: 5)
row("merge", seconds { while index.mergeOnce() {} }, "s")
row("flush", try seconds { try index.flush(mark: 1) }, "s")
row("index size", Double(index.bytes) / 1e6, "MB", target: Double(text) / 1e6)
row("resident memory added", residentMegabytes() - before, "MB")
row("reopen with every check", try seconds { _ = try PassageIndex(folder: folder) }, "s", target: 1)
_ = milliseconds(of: questions) { _ = index.search($0, top: 20) }
let times = milliseconds(of: questions) { _ = index.search($0, top: 20) }
row("search p50, \(index.segments) segments", percentile(times, 0.5), "ms", target: 2)
row("search p95, \(index.segments) segments", percentile(times, 0.95), "ms", target: 5)
row("search max, \(index.segments) segments", times.max() ?? 0, "ms")
let single = (0..<1_000).map { number in passages[number * 97 % count] }
let updates = single.map { passage in seconds { index.replace(entry: passage.entry, with: [passage]) } * 1_000 }
row("replace one entry p50", percentile(updates, 0.5), "ms")
row("replace one entry p99", percentile(updates, 0.99), "ms")
try FullTextBaseline.run(passages: passages, questions: questions) { row($0, $1, "ms") }
try? FileManager.default.removeItem(at: folder)
