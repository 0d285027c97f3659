/// Times as the contract counts them.
public enum Milliseconds {
    /// Clamped: providers send nonsense too.
    public static func ofSeconds(_ seconds: Int64) -> Int64 {
        let (value, overflow) = seconds.multipliedReportingOverflow(by: 1_000)
        return overflow ? (seconds < 0 ? .min : .max) : value
    }
}
