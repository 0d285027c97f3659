package import Kernel
import Synchronization

extension Randomness {
    /// The same numbers for the same seed (SplitMix64).
    package static func seeded(_ seed: UInt64 = 1) -> Randomness {
        let generator = SplitMix(seed: seed)
        return Randomness { generator.next() }
    }
}

private final class SplitMix: Sendable {
    private let state: Mutex<UInt64>

    init(seed: UInt64) { state = Mutex(seed) }

    func next() -> UInt64 {
        let value = state.withLock { state -> UInt64 in
            state &+= 0x9E37_79B9_7F4A_7C15
            return state
        }
        let once = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        let twice = (once ^ (once >> 27)) &* 0x94D0_49BB_1331_11EB
        return twice ^ (twice >> 31)
    }
}
