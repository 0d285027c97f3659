import Egress
import Kernel
import Vault

/// One request to the store.
struct S3Request: Sendable {
    let method: EgressMethod
    var key: ObjectKey?
    var query: [(name: String, value: String)] = []
    var headers = EgressHeaders()
    var body: [UInt8] = []
    var hash: String?
    /// Statuses that the caller reads himself, beside success.
    var expected: Set<Int> = []
    /// Looks at a successful answer, and says what is wrong with it after all.
    var check: @Sendable (EgressResponse) -> S3Failure? = { _ in nil }
    /// The request is finished even when the task is cancelled, so that its outcome is known.
    var isFinal = false

    init(_ method: EgressMethod, _ key: ObjectKey? = nil) { (self.method, self.key) = (method, key) }
}

/// Signs requests, sends them and repeats those that may succeed later.
struct S3Client: Sendable {
    /// A part and whatever an answer may need beside it.
    private static let largestAnswer = 9 << 20
    private static let attempts = 5
    private static let (firstPause, longestPause) = (Duration.milliseconds(200), Duration.seconds(5))
    private static let deadlines = EgressDeadlines(
        connect: .seconds(10), firstByte: .seconds(60), total: .seconds(600), idle: .seconds(30))
    private static let emptyHash = Digest.sha256("").hex

    let egress: any Egress
    let configuration: S3Configuration
    let time: any TimeSource
    let randomness: Randomness

    /// A successful or expected answer. Throws `S3Failure` or `CancellationError`.
    ///
    /// All requests of S3 may be repeated: the ones that are not idempotent by their method leave at most an unfinished upload more.
    func send(_ request: S3Request) async throws -> EgressResponse {
        var maybeDone = false
        var attempt = 0
        while true {
            attempt += 1
            var failure: S3Failure
            do {
                let response = try await perform(request)
                guard response.isSuccess || request.expected.contains(response.status) else { throw S3Failure(response) }
                guard let found = request.check(response) else { return response }
                failure = found
            } catch let error as EgressError where error.reason == .cancelled {
                throw CancellationError()
            } catch let error as EgressError {
                failure = S3Failure(error)
            } catch let error as S3Failure {
                failure = error
            }
            maybeDone = maybeDone || failure.maybeDone
            failure.maybeDone = maybeDone
            guard failure.isTransient, attempt < Self.attempts else { throw failure }
            try await time.sleep(for: pause(after: attempt))
        }
    }

    private func perform(_ request: S3Request) async throws -> EgressResponse {
        var sent = EgressRequest(
            request.method, configuration.url(request.key, request.query), purpose: .fileStore, headers: request.headers,
            body: request.body)
        sent.headers["x-amz-content-sha256"] = request.hash ?? Self.emptyHash
        sent.signature = configuration.credential
        sent.deadlines = Self.deadlines
        sent.bodyLimit = Self.largestAnswer
        guard request.isFinal else { return try await egress.send(sent) }
        try Task.checkCancellation()
        return try await Task { [egress, sent] in try await egress.send(sent) }.value
    }

    /// Longer each time, and anywhere below that, so that many who were refused together do not come back together.
    private func pause(after attempt: Int) -> Duration {
        let longest = min(Self.longestPause, Self.firstPause * (1 << min(attempt - 1, 10)))
        return longest * max(0.1, randomness.unit())
    }
}
