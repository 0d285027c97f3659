/// An ending that Kazakh words take, and after what.
struct KazakhEnding {
    let letters: [Unicode.Scalar]
    let harmony: KazakhHarmony
    let follows: KazakhSound
    /// So short that it comes off only where a known root is left.
    let needsRoot: Bool

    /// Each line: what the endings are; after the colon, the sounds they follow (V vowel, G glide, L л, N nasal, Z з
    /// and ж, U voiceless; C all but V). A is а or е, I ы or і, G ғ or г, K қ or к, by harmony; * marks those that need
    /// a root.
    private static let table = """
        лAр: VG
        дAр: LNZ
        тAр: U
        Iм Iң I IмIз IңIз: C
        сI мIз ңIз: V
        *м *ң *п: V
        нIң: VN
        дIң: GLZ
        тIң: U
        GA: VGLNZ
        KA: U
        IнA Iн IндA IнAн IндAGI IмA IңA: C
        сIнA сIн сIндA сIнAн сIндAGI: V
        *мA *ңA: V
        нI: V
        дI: GLNZ
        тI: U
        дA дAGI: VGLNZ
        тA тAGI: U
        дAн: VGLZ
        нAн: N
        тAн: U
        мен: VGLN
        бен: Z
        пен: U
        нікі: V
        дікі: GLNZ
        тікі: U
        мIн: VGLN
        бIн бIз: Z
        пIн пIз: U
        *мIз: GLN
        AмIн AмIз AдI AсIң AсIз AтIн AтIндAр AсIздAр Iп у: C
        ймIн ймIз йдI йсIң йсIз йтIн *у *дI: V
        дIм дIңIз дIк дIқ: VGLNZ
        тIм тIңIз тIк тIқ: U
        GAн: VGLNZ
        KAн: U
        сA: VGLNZU
        """

    static let byLastLetter: [Unicode.Scalar: [KazakhEnding]] = {
        var endings: [Unicode.Scalar: [KazakhEnding]] = [:]
        for line in table.split(separator: "\n") {
            let halves = line.split(separator: ":")
            guard let patterns = halves.first, let sounds = halves.last else { continue }
            let follows = KazakhSound(sounds.compactMap { Self.sound[$0] })
            for pattern in patterns.split(separator: " ") {
                for ending in expanded(pattern, follows) {
                    if let last = ending.letters.last { endings[last, default: []].append(ending) }
                }
            }
        }
        return endings
    }()

    private static let sound: [Character: KazakhSound] = [
        "V": .vowel, "G": .glide, "L": .lateral, "N": .nasal, "Z": .sibilant, "U": .hard,
        "C": [.glide, .lateral, .nasal, .sibilant, .hard],
    ]

    private static func expanded(_ pattern: Substring, _ follows: KazakhSound) -> [KazakhEnding] {
        let needsRoot = pattern.first == "*"
        let pattern = needsRoot ? pattern.dropFirst() : pattern
        guard pattern.contains(where: { "AIGK".contains($0) }) else {
            return [
                KazakhEnding(
                    letters: Array(pattern.unicodeScalars), harmony: .either, follows: follows, needsRoot: needsRoot)
            ]
        }
        let back: [Character: Character] = ["A": "а", "I": "ы", "G": "ғ", "K": "қ"]
        let front: [Character: Character] = ["A": "е", "I": "і", "G": "г", "K": "к"]
        return [(back, KazakhHarmony.back), (front, .front)].map { vowels, harmony in
            let letters = String(pattern.map { vowels[$0] ?? $0 }).unicodeScalars
            return KazakhEnding(letters: Array(letters), harmony: harmony, follows: follows, needsRoot: needsRoot)
        }
    }
}
