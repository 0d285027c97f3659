import Kernel

/// Asks of a plugin what the product relies on, and says in words what it found: for makers, with any shared object.
///
/// The plugin runs isolated, so that it may do its worst. Everything is repeatable: no random number comes from outside.
package struct ContractKit {
    package struct Finding: Codable, Hashable, Sendable {
        package let rule: String
        package let isMet: Bool
        /// What was seen, or what to do about it.
        package let detail: String
    }

    private let driver: IsolatedDriver
    private let now = Instant(seconds: 1_781_512_000)
    /// Stands for the value of every verification key; it must never come out again.
    private static let secret = "kit-SECRET-0123456789-kit"

    package init(driver: IsolatedDriver) { self.driver = driver }

    package func run() async -> [Finding] {
        [
            description(), await forgeries(), await randomBodies(), await determinism(), await operations(), await longTexts(),
            await providerFailures(), await secrets(), await time(), memory(),
        ]
    }

    // ---- the rules ----

    private func description() -> Finding {
        let description = driver.description
        var faults: [String] = []
        let texts = [description.title] + description.settings.flatMap { [$0.title, $0.help] }
        if texts.contains(where: { $0.english.isEmpty || $0.russian.isEmpty || $0.kazakh.isEmpty }) {
            faults.append("a title or help lacks one of en, ru, kk")
        }
        if description.modes.isEmpty { faults.append("no mode says how messages arrive") }
        if description.capabilities.text.limit < 1 { faults.append("the text limit is below 1") }
        if description.settings.contains(where: { $0.isVerificationKey && !$0.isSecret }) {
            faults.append("a verification key is not marked secret, so it would be shown")
        }
        return finding("it describes itself in three languages and within bounds", faults)
    }

    private func forgeries() async -> Finding {
        guard driver.description.modes.contains(.webhook) else { return finding("it has no webhooks to forge", []) }
        var faults: [String] = []
        let headers = driver.description.webhookHeaders
        var requests = [WebhookRequest(body: []), WebhookRequest(method: "GET", body: [])]
        for value in ["", " ", "x", Self.secret + "x", String(Self.secret.dropLast()), Self.secret.uppercased(), "\0", "ключ"] {
            requests.append(WebhookRequest(headers: headers.map { NameValue($0, value) }, body: Array("{}".utf8)))
        }
        requests.append(
            WebhookRequest(headers: headers.flatMap { [NameValue($0, "a"), NameValue($0, "b")] }, body: Array("{}".utf8)))
        // Without a header to check, the path's secret is what keeps strangers out; then there is nothing to forge here.
        guard !headers.isEmpty else { return finding("it relies on the webhook's secret path alone", []) }
        for request in requests {
            if case .accepted? = try? await driver.verify(request, in: context()) { faults.append("accepted \(request.headers)") }
        }
        return finding("it accepts no forged webhook", faults)
    }

    private func randomBodies() async -> Finding {
        var (noise, faults) = (Noise(), [String]())
        let seeds = [
            "{}", "[]", "null", "{\"a\":", "\u{FEFF}{}", #"{"update_id":1,"message":{"chat":{"id":1}}}"#,
            #"{"object":"page","entry":[{"messaging":[{"message":{"text":"a"}}]}]}"#,
        ].map { Array($0.utf8) }
        for round in 0..<300 {
            var body = seeds[round % seeds.count]
            for _ in 0..<(round % 9) {
                guard !body.isEmpty else { break }
                body[Int(noise.next() % UInt64(body.count))] = UInt8(truncatingIfNeeded: noise.next())
            }
            if round % 3 == 0 { body += (0..<(round * 7)).map { _ in UInt8(truncatingIfNeeded: noise.next()) } }
            if round % 5 == 0 { body = Array(body.prefix(Int(noise.next() % UInt64(body.count + 1)))) }
            faults += await outage("parse of a broken body (round \(round))") {
                _ = try await driver.parse(request(body), in: context())
            }
            if !faults.isEmpty { break }
        }
        return finding("it survives broken, cut and random bodies", faults)
    }

    private func determinism() async -> Finding {
        var faults: [String] = []
        for body in [
            Array("{}".utf8), Array(#"{"update_id":7,"message":{"message_id":1,"date":1,"chat":{"id":5},"text":"a"}}"#.utf8),
        ] {
            let first = try? await driver.parse(request(body), in: context())
            let second = try? await driver.parse(request(body), in: context())
            if first != second {
                faults.append("two parses of one body differ: it keeps something between calls, or looks at a clock")
            }
        }
        let (first, second) = (try? await step(.deliver(message("a"))), try? await step(.deliver(message("a"))))
        if first != second { faults.append("two identical steps differ") }
        return finding("the same input gives the same output", faults)
    }

    private func operations() async -> Finding {
        let hook = "https://example.com/hooks/x"
        var faults: [String] = []
        if driver.description.modes.contains(.polling) { faults += await mustKnow(.poll, "poll, which its modes promise") }
        faults += await mustKnow(.deliver(message("hello")), "delivering a text, which every channel must")
        if driver.description.capabilities.typing != nil {
            faults += await mustKnow(.deliver(message(.typing)), "typing, which its capabilities promise")
        }
        for method in driver.description.signIn {
            let begin = ChannelOperation.signIn(.begin(method, phone: method == .phone ? "+77010000001" : nil))
            faults += await mustKnow(begin, "signing in by \(method.rawValue), which its description promises")
        }
        for operation in [ChannelOperation.connect(webhook: hook), .disconnect, .health(webhook: hook)] {
            faults += await outage("\(operation)") { _ = try await step(operation) }
        }
        return finding("it can do what it promises", faults)
    }

    private func longTexts() async -> Finding {
        let limit = driver.description.capabilities.text.limit
        var faults: [String] = []
        for text in [
            "", "a", String(repeating: "я", count: limit), String(repeating: "👩‍👩‍👧", count: limit / 2 + 1),
            String(repeating: "a b ", count: limit),
        ] {
            faults += await outage("a text of \(text.utf8.count) bytes") {
                _ = try await step(.deliver(message(.text(OutboundText(text)))))
            }
        }
        return finding("it takes texts of every length", faults)
    }

    private func providerFailures() async -> Finding {
        var faults: [String] = []
        guard case .request(_, let state, _)? = try? await step(.deliver(message("hello"))) else {
            return finding("it asks nothing of a provider", [])
        }
        let answers: [(String, StepInput, Set<String>)] = [
            ("429 with Retry-After 7", response(429, [NameValue("Retry-After", "7")], "{}"), ["retry", "request"]),
            ("500", response(500, [], "oops"), ["retry", "uncertain", "request"]),
            ("502 with HTML", response(502, [], "<html>"), ["retry", "uncertain", "request"]),
            ("200 with an empty body", response(200, [], ""), ["uncertain", "retry", "permanent", "request"]),
            ("200 with a cut body", response(200, [], #"{"ok":tr"#), ["uncertain", "retry", "permanent", "request"]),
            ("no connection", .failure(.notSent), ["retry", "request"]),
            ("no answer", .failure(.unknown), ["uncertain", "retry", "request"]),
        ]
        for (name, input, allowed) in answers {
            do {
                let outcome = Self.outcome(
                    try await driver.step(.deliver(message("hello")), state: state, input: input, in: context()))
                if !allowed.contains(outcome) { faults.append("\(name) was taken for \(outcome)") }
            } catch { faults.append("\(name): \(error)") }
        }
        return finding("it is honest about what a provider's failures mean", faults)
    }

    private func secrets() async -> Finding {
        var outputs: [String] = []
        for operation in [
            ChannelOperation.deliver(message("hello")), .connect(webhook: "https://example.com/x"), .health(webhook: nil),
        ] {
            if let step = try? await step(operation) { outputs.append("\(step)") }
        }
        do { _ = try await driver.parse(request(Array("{".utf8)), in: context()) } catch { outputs.append("\(error)") }
        // `connect` has to tell the provider the webhook's secret; it does so by the secret's name.
        let leaks = outputs.filter { $0.contains(Self.secret) }
        return finding("no secret comes out of it", leaks.map { "an output holds a secret's value: \($0.prefix(80))" })
    }

    private func time() async -> Finding {
        let clock = ContinuousClock()
        var times: [Duration] = []
        let body = Array((#"{"update_id":7,"message":{"text":""# + String(repeating: "a", count: 1_900) + #""}}"#).utf8)
        for _ in 0..<500 { times.append(await clock.measure { _ = try? await driver.parse(request(body), in: context()) }) }
        times.sort()
        let (median, tail) = (times[times.count / 2], times[times.count * 99 / 100])
        let detail = "median \(Self.text(median)), 99th of 100 \(Self.text(tail)), with the way to its process"
        // The median, not the slowest: what else the machine does is no fault of the plugin.
        return Finding(rule: "a call takes less than 5 ms", isMet: median < .milliseconds(5), detail: detail)
    }

    private func memory() -> Finding {
        guard let bytes = driver.residentBytes else {
            return Finding(rule: "its process is alive in the end", isMet: false, detail: "\(driver.condition)")
        }
        let size = "\(bytes >> 20) MB"
        return Finding(rule: "its process takes less than 64 MB", isMet: bytes < 64 << 20, detail: size)
    }

    // ---- means ----

    private func finding(_ rule: String, _ faults: [String]) -> Finding {
        Finding(rule: rule, isMet: faults.isEmpty, detail: faults.prefix(3).joined(separator: "; "))
    }

    /// A fault when the plugin's process did not survive `body`; its refusals are its right.
    private func outage(_ what: String, _ body: () async throws -> Void) async -> [String] {
        do { try await body() } catch PluginFault.crashed(let reason) {
            return ["\(what): \(reason)"]
        } catch PluginFault.unavailable(
            let reason)
        { return ["\(what): \(reason)"] } catch PluginFault.malformedAnswer(let field) {
            return ["\(what): the answer's \(field) is not what the interface says"]
        } catch {}
        return []
    }

    private func mustKnow(_ operation: ChannelOperation, _ what: String) async -> [String] {
        do { _ = try await step(operation) } catch PluginFault.unsupported { return ["it does not know \(what)"] } catch {
            return ["\(what): \(error)"]
        }
        return []
    }

    private func step(_ operation: ChannelOperation) async throws -> ChannelStep {
        try await driver.step(operation, state: nil, input: .start, in: context())
    }

    private func message(_ text: String) -> OutboundAction { message(.text(OutboundText(text))) }

    private func message(_ kind: OutboundAction.Kind) -> OutboundAction {
        OutboundAction(thread: "12345", correlation: "01a20000-0000-7000-8000-000000000000", lastInboundAt: now, kind: kind)
    }

    private func request(_ body: [UInt8]) -> WebhookRequest { WebhookRequest(origin: .local, body: body) }

    private func response(_ status: Int, _ headers: [NameValue], _ body: String) -> StepInput {
        .response(PluginResponse(status: status, headers: headers, body: Array(body.utf8)))
    }

    private func context() -> ChannelContext {
        let fields = driver.description.settings
        var settings: [String: String] = [:]
        for field in fields where !field.isSecret { settings[field.name] = field.defaultValue ?? "" }
        for field in fields where field.isVerificationKey { settings[field.name] = Self.secret }
        return ChannelContext(now: now, settings: settings, secrets: Set(fields.filter(\.isSecret).map(\.name)))
    }

    private static func outcome(_ step: ChannelStep) -> String {
        guard case .result(let result, _) = step else { return "request" }
        guard case .failed(let failure) = result else { return "sent" }
        return switch failure.kind {
        case .retry: "retry"
        case .permanent: "permanent"
        case .blocked: "blocked"
        case .reconnectNeeded: "reconnect"
        case .uncertain: "uncertain"
        }
    }

    private static func text(_ duration: Duration) -> String { "\(Int64(duration / .microseconds(1))) µs" }
}

/// The same noise in every run (xorshift).
private struct Noise {
    private var state: UInt64 = 0x9E37_79B9_7F4A_7C15

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
