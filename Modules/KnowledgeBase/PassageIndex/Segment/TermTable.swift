/// Numbers byte strings from 0 in the order they first come.
struct TermTable {
    private var arena: [UInt8] = []
    private var starts: [UInt32] = [0]
    private var hashes: [UInt32] = []
    /// Open addressing; a slot holds a number + 1, or 0.
    private var slots: [UInt32]

    init() { slots = [UInt32](repeating: 0, count: 1_024) }

    var count: Int { hashes.count }

    /// The number of `key`, and whether it is new.
    mutating func number(of key: UnsafeRawBufferPointer) -> (Int, isNew: Bool) {
        let hash = Self.hash(key)
        let mask = slots.count - 1
        var slot = Int(hash) & mask
        while slots[slot] != 0 {
            let found = Int(slots[slot]) - 1
            if hashes[found] == hash, isEqual(found, key) { return (found, false) }
            slot = (slot + 1) & mask
        }
        slots[slot] = UInt32(truncatingIfNeeded: count + 1)
        arena.append(contentsOf: key)
        starts.append(UInt32(truncatingIfNeeded: arena.count))
        hashes.append(hash)
        if count * 2 > slots.count { grow() }
        return (count - 1, true)
    }

    func withBytes<R>(of number: Int, _ body: (UnsafeRawBufferPointer) -> R) -> R {
        arena.withUnsafeBytes {
            body(UnsafeRawBufferPointer(rebasing: $0[Int(starts[number])..<Int(starts[number + 1])]))
        }
    }

    /// All numbers in ascending order of their bytes.
    func sorted() -> [Int] {
        arena.withUnsafeBytes { raw in
            func bytes(_ number: Int) -> UnsafeRawBufferPointer {
                UnsafeRawBufferPointer(rebasing: raw[Int(starts[number])..<Int(starts[number + 1])])
            }
            return (0..<count).sorted { compareBytes(bytes($0), bytes($1)) < 0 }
        }
    }

    private func isEqual(_ number: Int, _ key: UnsafeRawBufferPointer) -> Bool {
        withBytes(of: number) { $0.elementsEqual(key) }
    }

    private mutating func grow() {
        slots = [UInt32](repeating: 0, count: slots.count * 4)
        let mask = slots.count - 1
        for (number, hash) in hashes.enumerated() {
            var slot = Int(hash) & mask
            while slots[slot] != 0 { slot = (slot + 1) & mask }
            slots[slot] = UInt32(truncatingIfNeeded: number + 1)
        }
    }

    private static func hash(_ key: UnsafeRawBufferPointer) -> UInt32 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in key { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return UInt32(truncatingIfNeeded: hash ^ hash >> 32)
    }
}
