import CCurl

/// Writes a job into an easy handle. Everything that weakens the guard or the transport is switched off here, once.
struct CurlSetup: Sendable {
    /// PEM certificates to trust in place of the system's.
    var trustFile: String?
    /// What some hosts may be signed by beside that.
    var trust: TrustStore
    /// Names whose addresses are given: `["example.com": ["203.0.113.7"]]`. For tests of what a resolver may say.
    var addresses: [String: [String]] = [:]

    /// False when curl has no memory for it.
    func apply(_ transfer: CurlTransfer, to easy: UnsafeMutableRawPointer) -> Bool {
        var writer = Writer(easy: easy, transfer: transfer)
        let job = transfer.job
        common(&writer, job)
        switch job.work {
        case .http(let http): self.http(&writer, http, job)
        case .mail(let mail): self.mail(&writer, mail, job)
        }
        return !writer.failed
    }

    private func common(_ writer: inout Writer, _ job: CurlJob) {
        writer.set(CURLOPT_NOSIGNAL, 1)
        // A cancelled transfer does not wait for its resolver thread.
        writer.set(CURLOPT_QUICK_EXIT, 1)
        writer.set(CURLOPT_PROXY, "")
        writer.set(CURLOPT_NOPROXY, "*")
        writer.set(CURLOPT_NETRC, 0)
        writer.set(CURLOPT_FOLLOWLOCATION, 0)
        writer.set(CURLOPT_SSL_VERIFYPEER, 1)
        writer.set(CURLOPT_SSL_VERIFYHOST, 2)
        writer.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if let bundle = trust.bundle(for: job.target.host) {
            writer.set(CURLOPT_CAINFO_BLOB, blob: bundle)
        } else if let trustFile {
            writer.set(CURLOPT_CAINFO, trustFile)
        }
        writer.set(CURLOPT_TCP_NODELAY, 1)
        writer.set(CURLOPT_MAXAGE_CONN, 30)
        // The loop keeps all deadlines itself; curl's own are only a net below them.
        writer.set(CURLOPT_CONNECTTIMEOUT_MS, 300_000)
        if let known = addresses[job.target.host] {
            writer.set(CURLOPT_RESOLVE, ["\(job.target.host):\(job.target.port):\(known.joined(separator: ","))"])
        }
        let context = writer.transfer.context
        writer.check(ccurl_set_opensocket(writer.easy, CurlCallbacks.openSocket, context))
        writer.check(ccurl_set_prereq(writer.easy, CurlCallbacks.beforeRequest, context))
        writer.check(
            ccurl_set_data(writer.easy, CURLOPT_WRITEFUNCTION, CurlCallbacks.write, CURLOPT_WRITEDATA, context))
        writer.check(ccurl_set_pointer(writer.easy, CURLOPT_PRIVATE, context))
    }

    private func http(_ writer: inout Writer, _ http: CurlJob.HTTP, _ job: CurlJob) {
        writer.set(CURLOPT_PROTOCOLS_STR, job.target.scheme)
        writer.set(CURLOPT_URL, job.target.url)
        writer.check(
            ccurl_set_data(
                writer.easy, CURLOPT_HEADERFUNCTION, CurlCallbacks.head, CURLOPT_HEADERDATA, writer.transfer.context))
        if http.method == .head {
            writer.set(CURLOPT_NOBODY, 1)
        } else {
            writer.set(CURLOPT_MAXFILESIZE_LARGE, offset: http.bodyLimit)
            if http.method != .get || !http.body.isEmpty {
                let hasBody = !http.body.isEmpty || ["POST", "PUT", "PATCH"].contains(http.method.rawValue)
                if hasBody { writer.setBody(http.body) }
                writer.set(CURLOPT_CUSTOMREQUEST, http.method.rawValue)
            }
        }
        if http.acceptsCompression { writer.set(CURLOPT_ACCEPT_ENCODING, "") }
        // curl would add a form's content type and wait for "100 Continue".
        var lines = ["Expect:"]
        if !http.fields.contains(where: { $0.name.lowercased() == "content-type" }) { lines.append("Content-Type:") }
        if !http.fields.contains(where: { $0.name.lowercased() == "user-agent" }) {
            lines.append("User-Agent: SevenSales")
        }
        lines += http.fields.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
        writer.set(CURLOPT_HTTPHEADER, lines)
    }

    private func mail(_ writer: inout Writer, _ mail: CurlJob.Mail, _ job: CurlJob) {
        writer.set(CURLOPT_PROTOCOLS_STR, job.target.scheme)
        writer.set(CURLOPT_URL, job.target.url)
        let security = mail.server.security
        writer.set(CURLOPT_USE_SSL, Int((security == .none ? CURLUSESSL_NONE : CURLUSESSL_ALL).rawValue))
        // A mail's connection carries one log-in: it is not shared.
        writer.set(CURLOPT_FRESH_CONNECT, 1)
        writer.set(CURLOPT_FORBID_REUSE, 1)
        if let username = mail.server.username, let password = mail.server.password {
            writer.set(CURLOPT_USERNAME, username)
            writer.set(CURLOPT_PASSWORD, password)
        }
        writer.set(CURLOPT_MAIL_FROM, "<\(mail.from)>")
        writer.set(CURLOPT_MAIL_RCPT, mail.to.map { "<\($0)>" })
        writer.set(CURLOPT_UPLOAD, 1)
        writer.set(CURLOPT_INFILESIZE_LARGE, offset: mail.message.count)
        writer.check(
            ccurl_set_data(
                writer.easy, CURLOPT_READFUNCTION, CurlCallbacks.read, CURLOPT_READDATA, writer.transfer.context))
    }
}

/// Sets options and remembers whether one failed.
private struct Writer {
    let easy: UnsafeMutableRawPointer
    let transfer: CurlTransfer
    var failed = false

    mutating func check(_ code: CURLcode) { if code != CURLE_OK { failed = true } }
    mutating func set(_ option: CURLoption, _ value: Int) { check(ccurl_set_long(easy, option, value)) }
    mutating func set(_ option: CURLoption, _ value: String) { check(ccurl_set_string(easy, option, value)) }
    mutating func set(_ option: CURLoption, offset: Int) {
        check(ccurl_set_offset(easy, option, curl_off_t(offset)))
    }

    /// curl copies it.
    mutating func set(_ option: CURLoption, blob: [UInt8]) {
        let code = blob.withUnsafeBytes { ccurl_set_blob(easy, option, $0.baseAddress, $0.count) }
        check(code)
    }

    mutating func set(_ option: CURLoption, _ lines: [String]) {
        var list: UnsafeMutablePointer<curl_slist>?
        for line in lines {
            guard let longer = curl_slist_append(list, line) else {
                failed = true
                break
            }
            list = longer
        }
        guard let list else { return }
        transfer.lists.append(list)
        check(ccurl_set_list(easy, option, list))
    }

    /// curl copies it, so that it may outlive the request's array.
    mutating func setBody(_ body: [UInt8]) {
        set(CURLOPT_POST, 1)
        set(CURLOPT_POSTFIELDSIZE_LARGE, offset: body.count)
        let code = body.withUnsafeBytes { ccurl_set_pointer(easy, CURLOPT_COPYPOSTFIELDS, $0.baseAddress ?? emptyBody) }
        check(code)
    }
}

/// A pointer to nothing, for an empty body.
private nonisolated(unsafe) let emptyBody = UnsafeRawPointer(
    UnsafeMutableRawPointer.allocate(byteCount: 1, alignment: 1))
