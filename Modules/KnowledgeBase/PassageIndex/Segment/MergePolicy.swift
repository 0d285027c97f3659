/// Which segments to join next. A pure function of their sizes.
struct MergePolicy: Sendable {
    /// So many segments of a tier are joined; a tier spans a factor of this.
    var fanIn = 8
    /// A larger segment is not made.
    var mostPassages = 4_000_000
    /// A segment with a larger share of removed passages is rewritten.
    var mostRemoved = 0.25

    /// What adding may merge on its own: cheap enough for the thread that adds.
    static let whileAdding = MergePolicy(mostPassages: 2_048)

    struct Size: Sendable, Equatable { var passages: Int, live: Int }

    /// The ascending positions of the segments to join (one: to rewrite without its removed passages), or none.
    func choose(_ segments: [Size]) -> [Int] {
        var tiers: [Int: [Int]] = [:]
        for (index, size) in segments.enumerated() where size.live < mostPassages {
            tiers[tier(size.live), default: []].append(index)
        }
        for (_, members) in tiers.sorted(by: { $0.key < $1.key }) where members.count >= fanIn {
            var (chosen, sum): ([Int], Int) = ([], 0)
            for index in members where chosen.count < fanIn && sum + segments[index].live <= mostPassages {
                chosen.append(index)
                sum += segments[index].live
            }
            if chosen.count > 1 { return chosen }
        }
        let wasteful = segments.indices.filter {
            Double(segments[$0].passages - segments[$0].live) > mostRemoved * Double(segments[$0].passages)
                && segments[$0].live <= mostPassages
        }
        return wasteful.prefix(1).map { $0 }
    }

    private func tier(_ live: Int) -> Int {
        var (tier, size) = (0, fanIn)
        while size <= live { (tier, size) = (tier + 1, size * max(2, fanIn)) }
        return tier
    }
}
