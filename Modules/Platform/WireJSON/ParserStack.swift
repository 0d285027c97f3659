/// A growing stack whose top moves into an array without a retain per element.
struct ParserStack<Element>: ~Copyable {
    private var base: UnsafeMutablePointer<Element>?
    private var capacity = 0
    private(set) var count = 0

    init() {}

    deinit {
        base?.deinitialize(count: count)
        base?.deallocate()
    }

    /// `index` must be below `count`.
    subscript(index: Int) -> Element {
        guard let base, index < count else { preconditionFailure("index of a caller inside this file's module") }
        return base[index]
    }

    mutating func push(_ element: consuming Element) {
        if count == capacity { grow() }
        if let base {
            (base + count).initialize(to: element)
            count += 1
        }
    }

    /// Takes everything from `start` up.
    mutating func pop(from start: Int) -> [Element] {
        guard let base, start < count else { return [] }
        let taken = count - start
        count = start
        return [Element](unsafeUninitializedCapacity: taken) { buffer, initialized in
            buffer.baseAddress?.moveInitialize(from: base + start, count: taken)
            initialized = taken
        }
    }

    mutating func drop(to start: Int) {
        guard let base, start < count else { return }
        (base + start).deinitialize(count: count - start)
        count = start
    }

    private mutating func grow() {
        let larger = max(16, capacity * 2)
        let fresh = UnsafeMutablePointer<Element>.allocate(capacity: larger)
        if let base {
            fresh.moveInitialize(from: base, count: count)
            base.deallocate()
        }
        (base, capacity) = (fresh, larger)
    }
}
