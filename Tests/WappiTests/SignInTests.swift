import PluginHost
import PluginTestSupport
import Testing
import WireJSON

/// Signing an account in with codes, as far as `connect` carries it.
struct SignInTests {
    private static let signedOut = StepInput.body(200, #"{"authorized":false,"app_status":"close"}"#)

    @Test(arguments: Loading.allCases, platforms.map(\.0))
    func `without a number the owner is sent to the QR code`(loading: Loading, platform: String) async throws {
        let failure = try await loading.wappi.failure(
            .connect(webhook: hook), in: context(["platform": platform]), [Self.signedOut])
        #expect(failure.kind == .reconnectNeeded)
        #expect(failure.reason.code == "signed-out")
        #expect(failure.reason.text.english.contains("QR"))
    }

    @Test(arguments: Loading.allCases)
    func `WhatsApp gives a pairing code to enter on the phone`(loading: Loading) async throws {
        let driver = try loading.wappi
        let known = context(["phone": "8 701 000-00-01"])
        let run = try await driver.run(
            .connect(webhook: hook), in: known, [Self.signedOut, .done(#""code":"K7QZ-4HWN","phone":"77010000001""#)])
        guard case .failed(let failure) = run.result else { throw Unexpected("\(run.result)") }
        #expect(run.requests.map(\.path) == ["/api/sync/get/status", "/api/sync/auth/code"])
        #expect(run.requests[1].query == "&phone=77010000001")
        #expect(failure.reason.code == "pairing-code")
        let text = failure.reason.text
        #expect([text.english, text.russian, text.kazakh].allSatisfy { $0.contains("K7QZ-4HWN") })
        let tooSoon = try await driver.failure(.connect(webhook: hook), in: known, [Self.signedOut, .error(400, "wait")])
        #expect(tooSoon.reason.code == "code-refused")
    }

    typealias Row = (settings: [String: String], secrets: Set<String>, answers: [StepInput], paths: [String], reason: String?)
    static let telegram: [Row] = [
        (["phone": "77010000001"], [], [.done(#""detail":"waiting for code""#)], ["phone"], "code-sent"),
        (["phone": "77010000001"], [], [.error(400, "flood")], ["phone"], "code-refused"),
        ([:], ["sign_in_code"], [.done(#""detail":"auth_success""#), .done(), .done()], ["code", "set", "set"], nil),
        ([:], ["sign_in_code"], [.done(#""detail":"2fa""#)], ["code"], "password-needed"),
        (
            [:], ["sign_in_code", "cloud_password"],
            [.done(#""detail":"2fa""#), .done(#""detail":"auth_success""#), .done(), .done()], ["code", "2fa", "set", "set"], nil
        ),
        (
            [:], ["sign_in_code", "cloud_password"], [.error(400, "2fa"), .error(400, "wrong")], ["code", "2fa"], "wrong-password"
        ),
        ([:], ["sign_in_code"], [.error(400, "PHONE_CODE_INVALID")], ["code"], "wrong-code"),
        ([:], ["sign_in_code"], [.done(#""detail":"expired""#)], ["code"], "wrong-code"),
    ]

    @Test(arguments: Loading.allCases, telegram)
    func `Telegram takes the number, then its code, then the password`(loading: Loading, row: Row) async throws {
        let known = context(row.settings.merging(["platform": "telegram"]) { $1 }, secrets: row.secrets)
        let run = try await loading.wappi.run(.connect(webhook: hook), in: known, [Self.signedOut] + row.answers)
        #expect(run.requests.dropFirst().map { $0.path.split(separator: "/").last.map(String.init) ?? "" } == row.paths)
        switch run.result {
        case .connected: #expect(row.reason == nil)
        case .failed(let failure): #expect(failure.reason.code == row.reason)
        default: throw Unexpected("\(run.result)")
        }
    }

    @Test(arguments: Loading.allCases)
    func `code and password are the host's to write`(loading: Loading) async throws {
        let known = context(["platform": "telegram"], secrets: ["sign_in_code", "cloud_password"])
        let run = try await loading.wappi.run(
            .connect(webhook: hook), in: known,
            [Self.signedOut, .done(#""detail":"2fa""#), .done(#""detail":"auth_success""#), .done(), .done()])
        #expect(try run.requests[1].json == ["auth_code": "…"])
        #expect(try run.requests[2].json == ["pwd_code": "…"])
        let rendered = try run.requests[2].rendered(
            secrets: ["token": "t", "cloud_password": #"a"b"#], hosts: ["wappi.pro"])
        guard case .bytes(let bytes, _) = rendered.body else { throw Unexpected("no body") }
        #expect(try JSON.parse(bytes)["pwd_code"]?.string == #"a"b"#)
    }

    @Test(arguments: Loading.allCases)
    func `MAX takes its password after the QR code`(loading: Loading) async throws {
        let driver = try loading.wappi
        let known = context(["platform": "max"], secrets: ["cloud_password"])
        let run = try await driver.run(
            .connect(webhook: nil), in: known, [Self.signedOut, .done(#""detail":"auth_success""#), .done()])
        #expect(run.requests.map(\.path) == ["/maxapi/sync/get/status", "/maxapi/sync/auth/2fa", "/maxapi/webhook/url/delete"])
        let early = try await driver.failure(.connect(webhook: nil), in: known, [Self.signedOut, .error(400, "not started")])
        #expect(early.reason.code == "wrong-password")
    }
}
