import Egress

/// Why a request to the store failed, as the storage's own code needs to know it.
struct S3Failure: Error {
    /// 0 when no answer came.
    let status: Int
    /// The store's word: `NoSuchKey`, `SlowDown`; or what happened on the way.
    let code: String
    /// Whether the same request may succeed later.
    let isTransient: Bool
    /// Whether the store may have done it nevertheless.
    var maybeDone = false

    init(status: Int, code: String, isTransient: Bool, maybeDone: Bool = false) {
        (self.status, self.code, self.isTransient, self.maybeDone) = (status, code, isTransient, maybeDone)
    }

    /// An answer that is no success, or one of 200 whose body is an error.
    init(_ response: EgressResponse) {
        let root = S3Element(response.body)
        let word = root?.name == "Error" ? root?["Code"] : nil
        // Only a plain word is shown: a proxy's page may hold anything.
        let isPlain = word.map { $0.utf8.count <= 80 && $0.utf8.allSatisfy { ObjectKey.isAllowed($0) } } ?? false
        let code = isPlain ? word ?? "" : "status \(response.status)"
        self.init(
            status: response.status, code: code,
            isTransient: [408, 429, 500, 502, 503, 504].contains(response.status) || Self.passing.contains(code),
            // An error answer of a gateway says nothing about what is behind it.
            maybeDone: [408, 500, 502, 504].contains(response.status) || response.isSuccess)
    }

    init(_ error: EgressError) {
        let isTransient =
            switch error.reason {
            case .timeout, .unresolved, .unreachable, .broken, .busy: true
            default: false
            }
        self.init(status: 0, code: error.description, isTransient: isTransient, maybeDone: error.delivery == .maybeSent)
    }

    /// Errors that pass although their status says otherwise.
    private static let passing: Set = [
        "SlowDown", "InternalError", "RequestTimeout", "ServiceUnavailable", "Throttling", "OperationAborted",
    ]
    private static let noRoom: Set = [
        "QuotaExceeded", "XMinioStorageFull", "XMinioAdminBucketQuotaExceeded", "InsufficientStorage",
    ]

    static let damaged = "damaged"

    /// Whether it is the object that is missing, and not the bucket.
    var isMissingObject: Bool { status == 404 && (code == "NoSuchKey" || code == "status 404") }

    /// What the storage's caller is told.
    var error: ObjectStorageError {
        if isMissingObject { return .notFound }
        if status == 507 || Self.noRoom.contains(code) { return .full }
        if status == 412 { return .replaced }
        if code == "EntityTooLarge" { return .tooLarge(limit: S3Storage.largest) }
        if code == Self.damaged || code == "XAmzContentSHA256Mismatch" || code == "BadDigest" { return .damaged }
        return isTransient ? .unavailable(code) : .refused(code)
    }
}
