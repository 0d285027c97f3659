import Foundation

// ProductBench jobs COUNT [POSTGRES-URL]     jobs claimed and completed a second, on SQLite or on PostgreSQL
// ProductBench inserts SECONDS               one durable INSERT per transaction, 64 callers in line: what group commit is compared with
// ProductBench calls COUNT PLUGIN.so         calls of a plugin in this process: what the way to a process of its own is compared with
//
// Prints one JSON object a line. Scripts/bench runs it.

func print(_ figures: [String: Double]) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    Swift.print(String(decoding: try encoder.encode(figures), as: UTF8.self))
}

let words = Array(CommandLine.arguments.dropFirst())
let number = words.dropFirst().first.flatMap { Int($0) } ?? 0
switch (words.first, number) {
case ("jobs", 1...1_000_000):
    let place = try BenchPlace(postgres: words.dropFirst(2).first)
    let plain = try await JobThroughput(place).measure(number, eachInItsTransaction: false)
    let transactional = try await JobThroughput(place).measure(number / 5, eachInItsTransaction: true)
    try await place.remove()
    try print([
        "jobs": Double(number), "enqueued_per_second": plain.enqueued, "per_second": plain.completed,
        "per_second_with_a_transaction_each": transactional.completed,
    ])
case ("inserts", 1...60):
    let place = try BenchPlace(postgres: nil)
    try print(try await SingleInserts(place).measure(seconds: number))
    try await place.remove()
case ("calls", 100...1_000_000) where words.count == 3:
    try print(try await InProcessCalls(file: words[2]).measure(number))
default:
    let usage = "usage: ProductBench jobs COUNT [POSTGRES-URL] | inserts SECONDS | calls COUNT PLUGIN.so\n"
    FileHandle.standardError.write(Data(usage.utf8))
    exit(64)
}
