/// Times as the contract counts them.
public enum Milliseconds {
    public static let minute: Int64 = 60_000
    public static let hour: Int64 = 3_600_000
    public static let day: Int64 = 86_400_000

    /// Clamped: providers send nonsense too.
    public static func ofSeconds(_ seconds: Int64) -> Int64 { seconds.saturatingMultiplied(by: 1_000) }
}
