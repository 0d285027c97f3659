import Testing

@testable import PassageIndex

struct MergePolicyTests {
    private func sizes(_ live: [Int]) -> [MergePolicy.Size] { live.map { .init(passages: $0, live: $0) } }

    @Test func `eight segments of a tier are joined, seven are not`() {
        #expect(MergePolicy().choose(sizes(Array(repeating: 10, count: 7))).isEmpty)
        #expect(MergePolicy().choose(sizes([5_000] + Array(repeating: 10, count: 9))) == Array(1...8))
    }

    @Test func `nothing larger than the limit is made`() {
        let policy = MergePolicy(mostPassages: 100)
        #expect(policy.choose(sizes(Array(repeating: 20, count: 8))) == [0, 1, 2, 3, 4])
        #expect(policy.choose(sizes(Array(repeating: 60, count: 8))).isEmpty)
    }

    @Test func `a segment with many removed passages is rewritten`() {
        let sizes: [MergePolicy.Size] = [.init(passages: 100, live: 76), .init(passages: 100, live: 74)]
        #expect(MergePolicy().choose(sizes) == [1])
    }

    @Test func `merging always ends`() {
        var segments = sizes((0..<200).map { 1 + $0 * $0 % 977 })
        var rounds = 0
        while case let chosen = MergePolicy().choose(segments), !chosen.isEmpty {
            let sum = chosen.reduce(0) { $0 + segments[$1].live }
            for index in chosen.reversed() { segments.remove(at: index) }
            segments.append(.init(passages: sum, live: sum))
            rounds += 1
            guard rounds < 1_000 else { break }
        }
        #expect(rounds < 100 && segments.count < 40)
    }
}
