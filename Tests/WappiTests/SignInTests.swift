import Kernel
import PluginHost
import PluginTestSupport
import Testing
import WireJSON

/// Signing an account in, step by step, as the host drives it.
struct SignInTests {
    private static let signedOut = StepInput.body(200, #"{"authorized":false,"app_status":"close"}"#)
    private static let signedIn = StepInput.body(200, #"{"authorized":true,"app_status":"open","phone":"77010000001"}"#)
    private static let wrongPlatform = StepInput.error(400, "Wrong platform")
    private static let png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"

    /// What one act leads to, and the state for the next.
    private func act(
        _ act: SignInAct, _ loading: Loading, state: PluginState? = nil, platform: String? = "whatsapp", at moment: Instant = now,
        _ answers: [StepInput]
    ) async throws -> (progress: SignInProgress, state: PluginState, requests: [PluginRequest]) {
        let secrets: Set<String> = act == .answer ? [SignInAct.answerSecret] : []
        let run = try await loading.wappi.run(
            .signIn(act), state: state, in: context(["platform": platform ?? ""], secrets: secrets, at: moment), answers)
        guard case .signIn(let progress, let next) = run.result else { throw Unexpected("\(run.result)") }
        return (progress, next, run.requests)
    }

    private func failure(
        _ act: SignInAct, _ loading: Loading, state: PluginState? = nil, platform: String = "whatsapp", at moment: Instant = now,
        _ answers: [StepInput]
    ) async throws -> OperationFailure {
        try await loading.wappi.run(.signIn(act), state: state, in: context(["platform": platform], at: moment), answers).failure
    }

    @Test(arguments: Loading.allCases, platforms.map(\.0))
    func `connecting a signed-out account says that it is signed out`(loading: Loading, platform: String) async throws {
        let failure = try await loading.wappi.failure(
            .connect(webhook: hook), in: context(["platform": platform]), [Self.signedOut])
        #expect(failure.kind == .reconnectNeeded)
        #expect(failure.reason.code == PluginReason.signedOutCode)
    }

    static let pictures: [(platform: String, path: String, members: String)] = [
        ("whatsapp", "/api/sync/qr/get", #""qrCode":"data:image/png;base64,\#(png)""#),
        ("whatsapp", "/api/sync/qr/get", #""qr_code":"\#(png)""#),
        ("telegram", "/tapi/sync/auth/qr", #""detail":"\#(png)""#), ("max", "/maxapi/sync/auth/qr", #""detail":"\#(png)""#),
    ]

    @Test(arguments: Loading.allCases, pictures)
    func `a QR code is shown, is renewed when it is too old, and ends in a sign-in`(
        loading: Loading, row: (platform: String, path: String, members: String)
    ) async throws {
        let begun = try await act(
            .begin(.picture, phone: nil), loading, platform: row.platform, [Self.signedOut, .done(row.members)])
        #expect(begun.requests.last?.path == row.path)
        let end = now.advanced(by: .seconds(18))
        #expect(begun.progress == .picture(base64: Self.png, until: end))

        let soon = try await act(
            .look, loading, state: begun.state, platform: row.platform, at: now.advanced(by: .seconds(9)), [Self.signedOut])
        #expect(soon.progress == .waiting && soon.requests.count == 1)

        let later = try await act(
            .look, loading, state: soon.state, platform: row.platform, at: end, [Self.signedOut, .done(row.members)])
        #expect(later.progress == .picture(base64: Self.png, until: end.advanced(by: .seconds(18))))

        let scanned = try await act(.look, loading, state: later.state, platform: row.platform, at: end, [Self.signedIn])
        #expect(scanned.progress == .signedIn)
    }

    @Test(arguments: Loading.allCases)
    func `the messenger of the profile is found out, and an account that is signed in stays so`(loading: Loading) async throws {
        let begun = try await act(
            .begin(.picture, phone: nil), loading, platform: nil,
            [Self.wrongPlatform, Self.wrongPlatform, Self.signedOut, .done(#""detail":"\#(Self.png)""#)])
        #expect(begun.requests.map { $0.path.split(separator: "/").first } == ["api", "tapi", "maxapi", "maxapi"])
        let known = try await act(.begin(.picture, phone: nil), loading, [Self.signedIn])
        #expect(known.progress == .signedIn)
        let none = try await failure(.begin(.picture, phone: nil), loading, [Self.wrongPlatform])
        #expect(none.reason.code == "wrong-platform")
    }

    @Test(arguments: Loading.allCases)
    func `WhatsApp gives a pairing code to enter on the phone`(loading: Loading) async throws {
        let begun = try await act(
            .begin(.phone, phone: "8 701 000-00-01"), loading,
            [Self.signedOut, .done(#""code":"K7QZ-4HWN","phone":"77010000001""#)])
        #expect(begun.requests[1].path == "/api/sync/auth/code" && begun.requests[1].query == "&phone=77010000001")
        let end = now.advanced(by: .seconds(160))
        #expect(begun.progress == .code("K7QZ-4HWN", until: end))
        let looked = try await act(.look, loading, state: begun.state, at: now.advanced(by: .seconds(100)), [Self.signedOut])
        #expect(looked.progress == .waiting)
        let late = try await failure(.look, loading, state: looked.state, at: end, [Self.signedOut])
        #expect(late.reason.code == "code-too-old")
        let tooSoon = try await failure(.begin(.phone, phone: "77010000001"), loading, [Self.signedOut, .error(400, "wait")])
        #expect(tooSoon.reason.code == "code-refused")
    }

    @Test(arguments: Loading.allCases)
    func `Telegram takes the number, then its code, then the password`(loading: Loading) async throws {
        let begun = try await act(
            .begin(.phone, phone: "+7 701 000 00 01"), loading, platform: "telegram",
            [Self.signedOut, .done(#""detail":"waiting for code""#)])
        #expect(begun.progress == .asks(.code, nil))
        #expect(try begun.requests[1].json == ["phone": "77010000001"])

        for answer in [StepInput.error(400, "PHONE_CODE_INVALID"), .done(#""detail":"expired""#)] {
            let wrong = try await act(.answer, loading, state: begun.state, platform: "telegram", [answer])
            guard case .asks(.code, let reason) = wrong.progress else { throw Unexpected("\(wrong.progress)") }
            #expect(reason?.code == "wrong-code")
        }
        let first = try await act(
            .answer, loading, state: begun.state, platform: "telegram", [.done(#""detail":"auth_success""#)])
        #expect(first.progress == .signedIn && first.requests[0].path == "/tapi/sync/auth/code")

        for answer in [StepInput.done(#""detail":"2fa""#), .error(400, "2fa")] {
            let coded = try await act(.answer, loading, state: begun.state, platform: "telegram", [answer])
            #expect(coded.progress == .asks(.password, nil))
            let wrong = try await act(.answer, loading, state: coded.state, platform: "telegram", [.error(400, "wrong")])
            guard case .asks(.password, let reason) = wrong.progress else { throw Unexpected("\(wrong.progress)") }
            #expect(reason?.code == "wrong-password")
            let done = try await act(
                .answer, loading, state: wrong.state, platform: "telegram", [.done(#""detail":"auth_success""#)])
            #expect(done.progress == .signedIn && done.requests[0].path == "/tapi/sync/auth/2fa")
        }
    }

    @Test(arguments: Loading.allCases, ["telegram", "max"])
    func `a scanned QR code may be followed by the password`(loading: Loading, platform: String) async throws {
        let begun = try await act(
            .begin(.picture, phone: nil), loading, platform: platform, [Self.signedOut, .done(#""detail":"\#(Self.png)""#)])
        let asked = try await act(
            .look, loading, state: begun.state, platform: platform, at: now.advanced(by: .seconds(20)),
            [Self.signedOut, .done(#""detail":"2fa""#)])
        #expect(asked.progress == .asks(.password, nil))
        // While one types, nothing is renewed.
        let typing = try await act(
            .look, loading, state: asked.state, platform: platform, at: now.advanced(by: .seconds(60)), [Self.signedOut])
        #expect(typing.progress == .waiting && typing.requests.count == 1)
        let done = try await act(.answer, loading, state: typing.state, platform: platform, [.done(#""detail":"auth_success""#)])
        #expect(done.progress == .signedIn)
    }

    @Test(arguments: Loading.allCases)
    func `code and password are the host's to write, and no state holds them`(loading: Loading) async throws {
        let begun = try await act(
            .begin(.phone, phone: "77010000001"), loading, platform: "telegram",
            [Self.signedOut, .done(#""detail":"waiting for code""#)])
        let answered = try await act(.answer, loading, state: begun.state, platform: "telegram", [.done(#""detail":"2fa""#)])
        #expect(try answered.requests[0].json == ["auth_code": "…"])
        let rendered = try answered.requests[0].rendered(
            secrets: ["token": "t", SignInAct.answerSecret: #"a"b"#], hosts: ["wappi.pro"])
        guard case .bytes(let bytes, _) = rendered.body else { throw Unexpected("no body") }
        #expect(try JSON.parse(bytes)["auth_code"]?.string == #"a"b"#)
    }

    @Test(arguments: Loading.allCases)
    func `what cannot be is told at once`(loading: Loading) async throws {
        for phone in ["", "abc", "123", String(repeating: "7", count: 30)] {
            #expect(try await failure(.begin(.phone, phone: phone), loading, []).reason.code == "bad-phone")
        }
        let max = try await failure(.begin(.phone, phone: "77010000001"), loading, platform: "max", [Self.signedOut])
        #expect(max.reason.code == "only-by-picture")
        for members in [#""detail":"soon""#, #""qrCode":"data:image/svg+xml;base64,PHN2Zz4=""#] {
            let none = try await failure(.begin(.picture, phone: nil), loading, [Self.signedOut, .done(members)])
            #expect(none.reason.code == "no-picture")
        }
        for state in [nil, PluginState("{}"), PluginState("null")] {
            #expect(try await failure(.look, loading, state: state, []).reason.code == "unexpected-answer")
            #expect(try await failure(.answer, loading, state: state, []).reason.code == "unexpected-answer")
        }
        #expect(
            try await failure(.begin(.picture, phone: nil), loading, [.error(401, "Unauthorized")]).reason.code == "bad-token")
        #expect(try await failure(.begin(.picture, phone: nil), loading, [.error(402, "")]).reason.code == "unpaid")
    }
}
