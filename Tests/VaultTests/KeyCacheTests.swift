import Testing

@testable import Vault

struct KeyCacheTests {
    private func filled(capacity: Int, with keys: some Sequence<Int>) -> KeyCache<Int, Int> {
        let cache = KeyCache<Int, Int>(capacity: capacity)
        for key in keys { cache.insert(key, for: key, loadedIn: cache.epoch) }
        return cache
    }

    @Test(arguments: [0, 1, 2, 10, 100])
    func `it never holds more than its capacity`(capacity: Int) {
        let cache = filled(capacity: capacity, with: 0..<1_000)
        #expect(cache.count <= max(2, capacity))
    }

    @Test func `it keeps what was used last`() {
        let cache = filled(capacity: 100, with: 0..<1_000)
        #expect((950..<1_000).allSatisfy { cache.value(for: $0) == $0 })
        #expect(cache.value(for: 0) == nil)
    }

    @Test func `a value in use survives any number of others`() {
        let cache = filled(capacity: 100, with: [-1])
        for key in 0..<10_000 {
            cache.insert(key, for: key, loadedIn: cache.epoch)
            if key % 20 == 0 { #expect(cache.value(for: -1) == -1) }
        }
    }

    @Test func `removing finds both generations`() {
        let cache = filled(capacity: 10, with: 0..<8)
        cache.removeAll { $0 % 2 == 0 }
        cache.remove(1)
        #expect((0..<8).filter { cache.value(for: $0) != nil } == [3, 5, 7])
    }

    @Test func `a value loaded before a removal is not kept`() {
        let cache = filled(capacity: 10, with: 0..<3)
        let epoch = cache.epoch
        cache.remove(7)
        cache.insert(9, for: 9, loadedIn: epoch)
        #expect(cache.value(for: 9) == nil)
    }
}
