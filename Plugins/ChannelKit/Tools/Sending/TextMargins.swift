extension StringProtocol {
    /// Without white space at either end: whoever keeps a message may trim it, so that texts are compared without.
    public var withoutMargins: SubSequence {
        let start = drop(while: \.isWhitespace)
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return self[endIndex...] }
        return start[...last]
    }
}
