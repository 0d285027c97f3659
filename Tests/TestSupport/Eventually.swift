/// What a test waited for did not happen in time.
package struct NeverHappened: Error, CustomStringConvertible {
    package let description: String
}

/// Returns as soon as `condition` holds; throws `NeverHappened` when it does not within `timeout` of real time.
package func eventually(
    _ what: String = "the condition", timeout: Duration = .seconds(20), every pause: Duration = .milliseconds(5),
    file: StaticString = #fileID, line: UInt = #line, _ condition: () async throws -> Bool
) async throws {
    let clock = ContinuousClock()
    let end = clock.now + timeout
    while try await !condition() {
        guard clock.now < end else {
            throw NeverHappened(description: "\(what) did not hold within \(timeout), at \(file):\(line)")
        }
        try await Task.sleep(for: pause)
    }
}

/// The value, as soon as there is one; throws `NeverHappened` after `timeout` of real time.
package func eventuallySome<Value>(
    _ what: String = "a value", timeout: Duration = .seconds(20), file: StaticString = #fileID, line: UInt = #line,
    _ value: () async throws -> Value?
) async throws -> Value {
    var found: Value?
    try await eventually(what, timeout: timeout, file: file, line: line) {
        found = try await value()
        return found != nil
    }
    guard let found else { throw NeverHappened(description: "\(what) vanished") }
    return found
}
