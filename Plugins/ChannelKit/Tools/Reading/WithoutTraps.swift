/// Arithmetic with foreign numbers: what does not fit becomes the nearest number that does, as a trap would end the process.
extension Int64 {
    public func saturatingAdding(_ other: Int64) -> Int64 {
        let (value, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : value
    }

    public func saturatingSubtracting(_ other: Int64) -> Int64 {
        let (value, overflow) = subtractingReportingOverflow(other)
        return overflow ? (other < 0 ? .max : .min) : value
    }

    public func saturatingMultiplied(by other: Int64) -> Int64 {
        let (value, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? ((self < 0) == (other < 0) ? .max : .min) : value
    }
}

extension Array {
    /// Nil beyond the ends: indices come out of states that another version may have written.
    public func element(at index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
