/// Strips Kazakh inflection: plural, possessive, case, personal and common verb endings.
///
/// An ending comes off when its vowels agree with the stem's (vowel harmony) and its first consonant is the one that
/// the stem's last sound asks for. Every way to strip is followed; the longest known root that one of them reaches is
/// the stem. When none reaches a root, the longest ending comes off again and again. The last consonant of a stem is
/// unvoiced, so that "кітабы" meets "кітап".
enum KazakhStemmer {
    /// Longer words are not Kazakh but noise.
    static let longestWord = 40

    /// The stem of a lower-case UTF-8 word.
    static func stem(of word: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        let text = String(decoding: word, as: UTF8.self)
        return Array(stem(of: text).utf8)
    }

    static func stem(of word: String) -> String {
        let letters = Array(word.unicodeScalars.prefix(longestWord + 1))
        guard letters.count > 2, letters.count <= longestWord else { return unvoiced(letters[...]) }
        return unvoiced(letters.prefix(root(of: letters) ?? shortest(of: letters)))
    }

    /// The length of the longest known root that stripping reaches.
    private static func root(of letters: [Unicode.Scalar]) -> Int? {
        var reached = Set([letters.count])
        for length in stride(from: letters.count, to: 1, by: -1) where reached.contains(length) {
            if KazakhRoots.all.contains(unvoiced(letters.prefix(length))) { return length }
            for ending in endings(of: letters.prefix(length)) { reached.insert(length - ending.letters.count) }
        }
        return nil
    }

    /// What is left when the longest ending comes off until none does.
    private static func shortest(of letters: [Unicode.Scalar]) -> Int {
        var length = letters.count
        while let ending = endings(of: letters.prefix(length)).filter({ !$0.needsRoot })
            .max(by: { $0.letters.count < $1.letters.count })
        {
            length -= ending.letters.count
        }
        return length
    }

    /// The endings that may come off a word.
    private static func endings(of word: ArraySlice<Unicode.Scalar>) -> [KazakhEnding] {
        guard let last = word.last else { return [] }
        return (KazakhEnding.byLastLetter[last] ?? []).filter { ending in
            guard word.count >= ending.letters.count + 2,
                word.suffix(ending.letters.count).elementsEqual(ending.letters)
            else { return false }
            let stem = word.dropLast(ending.letters.count)
            return isStem(stem) && ending.follows.contains(KazakhSound(endOf: stem))
                && ending.harmony.agrees(with: KazakhHarmony(of: stem))
        }
    }

    /// Three letters with a vowel, or a vowel and a consonant ("үй"), or "су".
    private static func isStem(_ stem: ArraySlice<Unicode.Scalar>) -> Bool {
        guard let first = stem.first, let last = stem.last else { return false }
        if stem.count == 2 { return KazakhSound.isVowel(first) && !KazakhSound.isVowel(last) || last == "у" }
        return stem.count > 2 && stem.contains { KazakhSound.isVowel($0) || $0 == "у" || $0 == "и" }
    }

    private static func unvoiced(_ letters: ArraySlice<Unicode.Scalar>) -> String {
        var text = String.UnicodeScalarView(letters)
        guard letters.count > 2, let last = letters.last else { return String(text) }
        let pairs: [Unicode.Scalar: Unicode.Scalar] = ["б": "п", "г": "к", "ғ": "қ"]
        if let hard = pairs[last] {
            text.removeLast()
            text.append(hard)
        }
        return String(text)
    }
}
