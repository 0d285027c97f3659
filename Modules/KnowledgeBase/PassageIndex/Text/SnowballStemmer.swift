internal import CStemmer

/// One of libstemmer's Snowball stemmers. Not thread-safe: each use makes its own (about a microsecond).
struct SnowballStemmer: ~Copyable {
    private let stemmer: OpaquePointer?

    /// `algorithm` is a name libstemmer knows ("russian"); with another one words are returned as they are.
    init(_ algorithm: String) { stemmer = sb_stemmer_new(algorithm, "UTF_8") }

    deinit { if let stemmer { sb_stemmer_delete(stemmer) } }

    /// Appends the stem of the UTF-8 `word`, which is lower case.
    func append(stemOf word: UnsafeBufferPointer<UInt8>, to stem: inout [UInt8]) {
        guard let stemmer, let base = word.baseAddress, word.count < 1_024,
            let found = sb_stemmer_stem(stemmer, base, Int32(word.count))
        else {
            stem.append(contentsOf: word)
            return
        }
        let length = Int(sb_stemmer_length(stemmer))
        stem.append(contentsOf: UnsafeBufferPointer(start: found, count: max(0, length)))
    }
}
