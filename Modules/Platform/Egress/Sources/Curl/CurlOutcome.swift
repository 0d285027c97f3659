import CCurl
import Kernel

/// What a finished easy handle tells.
struct CurlOutcome {
    let status: Int
    let bytesOut: Int
    let bytesIn: Int
    let timings: EgressTimings
    let delivery: EgressError.Delivery

    init(_ transfer: CurlTransfer) {
        guard let easy = transfer.easy else {
            (status, bytesOut, bytesIn, timings, delivery) = (0, 0, 0, EgressTimings(), .notSent)
            return
        }
        func long(_ info: CURLINFO) -> Int {
            var value = 0
            return ccurl_get_long(easy, info, &value) == CURLE_OK ? value : 0
        }
        func offset(_ info: CURLINFO) -> Int {
            var value: curl_off_t = 0
            return ccurl_get_offset(easy, info, &value) == CURLE_OK ? Int(value) : 0
        }
        status = long(CURLINFO_RESPONSE_CODE)
        let requestSize = long(CURLINFO_REQUEST_SIZE)
        bytesOut = requestSize + offset(CURLINFO_SIZE_UPLOAD_T)
        bytesIn = long(CURLINFO_HEADER_SIZE) + offset(CURLINFO_SIZE_DOWNLOAD_T)
        var timings = EgressTimings()
        timings.resolved = .microseconds(offset(CURLINFO_NAMELOOKUP_TIME_T))
        timings.connected = .microseconds(offset(CURLINFO_CONNECT_TIME_T))
        timings.secured = .microseconds(offset(CURLINFO_APPCONNECT_TIME_T))
        timings.firstByte = .microseconds(offset(CURLINFO_STARTTRANSFER_TIME_T))
        timings.total = .microseconds(offset(CURLINFO_TOTAL_TIME_T))
        self.timings = timings
        let isWritten = transfer.job.isMail ? transfer.hasReadMail : transfer.attempts > 1 || requestSize > 0
        delivery = isWritten ? .maybeSent : .notSent
    }

    /// Why curl ended `transfer` with `code`, which is not `CURLE_OK`.
    func error(_ code: CURLcode, _ transfer: CurlTransfer) -> EgressError {
        if let refusal = transfer.refusal {
            // A blocked address is refused before the first byte; a body that is too large comes after the last.
            return EgressError(refusal, delivery)
        }
        let isAnswered = transfer.job.isMail && status >= 400
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST: return EgressError(.unresolved, delivery)
        case CURLE_COULDNT_CONNECT: return EgressError(.unreachable, delivery)
        case CURLE_FILESIZE_EXCEEDED:
            guard case .http(let http) = transfer.job.work else { break }
            return EgressError(.tooLarge(limit: http.bodyLimit), delivery)
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_USE_SSL_FAILED, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS:
            return EgressError(.tls(String(cString: curl_easy_strerror(code))), delivery)
        case CURLE_OPERATION_TIMEDOUT: return EgressError(.timeout(.connect), delivery)
        case CURLE_OUT_OF_MEMORY: return EgressError(.busy, delivery)
        // The server's own no is final: nothing was taken.
        case CURLE_LOGIN_DENIED: return EgressError(.rejected(code: isAnswered ? status : 535), .notSent)
        default: break
        }
        if isAnswered { return EgressError(.rejected(code: status), .notSent) }
        return EgressError(.broken(String(cString: curl_easy_strerror(code))), delivery)
    }
}
