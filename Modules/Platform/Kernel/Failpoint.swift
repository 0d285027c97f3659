#if FAILPOINTS
    import Glibc
    import Synchronization

    /// Named places where a test may stop the process dead, as a power cut would. Release builds contain none of this.
    package enum Failpoints {
        private static let armed = Mutex<(name: String, remaining: Int)?>(nil)

        /// `name` or `name:n`: the process exits with status 137 when it passes `name` the n-th time.
        package static func arm(_ specification: String) {
            let parts = specification.split(separator: ":", maxSplits: 1)
            guard let name = parts.first else { return }
            let count = parts.count == 2 ? Int(parts[1]) ?? 1 : 1
            armed.withLock { $0 = (String(name), max(1, count)) }
        }

        package static func pass(_ name: StaticString) {
            let die = armed.withLock { armed -> Bool in
                guard let current = armed, current.name == name.description else { return false }
                armed = (current.name, current.remaining - 1)
                return current.remaining <= 1
            }
            if die { _exit(137) }
        }
    }

    /// Passes the failpoint `name` (`area.step.when`).
    package func failpoint(_ name: StaticString) { Failpoints.pass(name) }
#else
    /// Nothing, in a release build.
    @inlinable package func failpoint(_ name: @autoclosure () -> StaticString) {}
#endif
