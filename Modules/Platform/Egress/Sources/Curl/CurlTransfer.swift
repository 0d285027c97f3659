import CCurl
import Glibc
import Kernel

/// One running attempt. Apart from the constants, only the loop's thread touches it.
final class CurlTransfer: @unchecked Sendable {
    /// What the head of a response may have: bytes of one field, bytes in all, fields.
    static let headLimits = (field: 16 << 10, total: 64 << 10, count: 100)

    let job: CurlJob
    let policy: EgressPolicy
    let sink: any TransferSink
    let submitted = CurlClock.now()

    var easy: UnsafeMutableRawPointer?
    var lists: [UnsafeMutablePointer<curl_slist>] = []
    var startedAt = Instant(microseconds: 0)
    var admitted: UInt64 = 0
    var connected: UInt64 = 0
    var firstByte: UInt64 = 0
    /// When bytes last moved, in either direction.
    var lastProgress: UInt64 = 0
    var uploaded = 0
    var isCancelled = false
    var isPaused = false

    /// How often curl was about to write the request.
    private(set) var attempts = 0
    private(set) var remoteAddress: String?
    /// Why a callback stopped the transfer; it says more than curl's code.
    private(set) var refusal: EgressError.Reason?
    private(set) var hasReadMail = false
    private var mailOffset = 0
    private var status = 0
    private var fields: [EgressHeaders.Field] = []
    private var headSize = 0, headCount = 0
    private var isHeadDone = false
    private var received = 0

    init(_ job: CurlJob, policy: EgressPolicy, sink: any TransferSink) {
        (self.job, self.policy, self.sink) = (job, policy, sink)
    }

    var context: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

    static func from(_ context: UnsafeMutableRawPointer?) -> CurlTransfer? {
        context.map { Unmanaged<CurlTransfer>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Whether a connection to `address` may be opened or used. One refused address refuses the whole attempt, so that a
    /// name with a public and a private address is of no use either.
    func accepts(_ address: IPAddress?) -> Bool {
        if case .blocked = refusal { return false }
        guard let address else {
            refusal = .blocked(.address("?"))
            return false
        }
        let isAllowed = job.target.needsAllowedNetwork ? policy.isAllowedPrivate(address) : policy.permits(address)
        if !isAllowed { refusal = .blocked(.address(address.description)) }
        return isAllowed
    }

    /// curl is about to write the request on a new or kept connection to `address`.
    func mayWrite(to address: String) -> Bool {
        guard accepts(IPAddress(address)) else { return false }
        attempts += 1
        guard attempts == 1 || job.isIdempotent else {
            // The kept connection died after the request was written. The other side may have acted: never twice.
            refusal = .broken("connection closed before the response")
            return false
        }
        remoteAddress = address
        connected = CurlClock.now()
        lastProgress = connected
        return true
    }

    func takeHead(_ line: UnsafeRawBufferPointer) -> Bool {
        if firstByte == 0 { firstByte = CurlClock.now() }
        lastProgress = CurlClock.now()
        (headSize, headCount) = (headSize + line.count, headCount + 1)
        let limits = Self.headLimits
        guard line.count <= limits.field, headSize <= limits.total, headCount <= limits.count + 2 else {
            refusal = .tooLarge(limit: line.count > limits.field ? limits.field : limits.total)
            return false
        }
        guard !isHeadDone else { return true }
        let text = String(decoding: line, as: UTF8.self)
        if text.hasPrefix("HTTP/") {
            fields = []
            status = text.split(separator: " ").dropFirst().first.flatMap { Int($0.prefix(3)) } ?? 0
        } else if let colon = text.utf8.firstIndex(of: 58) {
            let name = text[..<colon]
            let value = text[text.utf8.index(after: colon)...]
            fields.append(.init(String(name), value.trimmingBlanks))
        } else if text.utf8.allSatisfy({ $0 == 13 || $0 == 10 }), status >= 200 {
            isHeadDone = true
            sink.begin(EgressHead(status: status, headers: EgressHeaders(fields), remoteAddress: remoteAddress ?? ""))
        }
        return true
    }

    /// How many of `bytes` were taken; nil to be asked again later.
    func takeBody(_ bytes: UnsafeRawBufferPointer) -> Int? {
        guard case .http(let http) = job.work else { return bytes.count }
        lastProgress = CurlClock.now()
        guard received + bytes.count <= http.bodyLimit else {
            refusal = .tooLarge(limit: http.bodyLimit)
            return 0
        }
        guard sink.take(bytes) else {
            isPaused = true
            return nil
        }
        received += bytes.count
        return bytes.count
    }

    func giveMail(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard case .mail(let mail) = job.work else { return 0 }
        hasReadMail = true
        lastProgress = CurlClock.now()
        let piece = mail.message[mailOffset...].prefix(buffer.count)
        buffer.copyBytes(from: piece)
        mailOffset += piece.count
        return piece.count
    }

    /// The deadline that has passed, if any. `now` is CurlClock's.
    func expiredPhase(at now: UInt64) -> EgressError.Phase? {
        func passed(_ limit: Duration, since start: UInt64) -> Bool {
            now > start && now - start >= CurlClock.nanoseconds(limit)
        }
        let limits = job.deadlines
        if passed(limits.total, since: submitted) { return .total }
        if connected == 0 {
            // A mail server's greeting and log-in come before the "request".
            return passed(job.isMail ? limits.connect + limits.firstByte : limits.connect, since: admitted)
                ? .connect : nil
        }
        if firstByte == 0 { return !job.isMail && passed(limits.firstByte, since: lastProgress) ? .firstByte : nil }
        return job.isStream && !isPaused && passed(limits.idle, since: lastProgress) ? .idle : nil
    }
}

/// The monotonic clock as one number: a `ContinuousClock.Instant` costs 128-bit arithmetic for every transfer and turn.
enum CurlClock {
    static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }

    static func nanoseconds(_ duration: Duration) -> UInt64 {
        UInt64(max(0, duration.wholeMicroseconds)).multipliedReportingOverflow(by: 1_000).partialValue
    }
}

extension Substring {
    fileprivate var trimmingBlanks: String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\r" || $0 == "\n" || $0 == "\r\n" }
        var rest = drop(while: isBlank)
        while let last = rest.last, isBlank(last) { rest.removeLast() }
        return String(rest)
    }
}
