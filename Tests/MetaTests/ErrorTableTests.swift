import PluginHost
import PluginTestSupport
import Testing
import WireJSON

/// Section 10 of the reference: what each error means for a message.
struct ErrorTableTests {
    typealias Row = (code: Int, subcode: Int?, kind: OperationFailure.Kind, reason: String)
    private static let retry = OperationFailure.Kind.retry(after: nil, scope: .channel)
    private static let longPause = OperationFailure.Kind.retry(after: .seconds(3_600), scope: .channel)

    static let rows: [Row] = [
        (1, nil, .uncertain, "outcome-unknown"), (2, nil, .uncertain, "outcome-unknown"),
        (1, 1_357_046, .uncertain, "outcome-unknown"), (2, 2_018_344, .reconnectNeeded, "terms-not-accepted"),
        (4, nil, retry, "rate-limited"), (17, nil, retry, "rate-limited"), (32, nil, retry, "rate-limited"),
        (613, nil, retry, "rate-limited"), (613, 2_534_040, retry, "rate-limited"), (80_001, nil, retry, "rate-limited"),
        (80_002, nil, retry, "rate-limited"), (80_006, nil, retry, "rate-limited"), (368, nil, longPause, "temporarily-blocked"),
        (10, 2_018_278, .permanent, "window-closed"), (10, 2_534_022, .permanent, "window-closed"),
        (10, 2_018_065, .permanent, "window-closed"), (10, 2_018_108, .blocked, "unreachable"),
        (551, 1_545_041, .blocked, "unreachable"), (551, nil, .blocked, "unreachable"), (200, 1_545_041, .blocked, "unreachable"),
        (10, 1_893_063, longPause, "restricted"), (10, nil, .reconnectNeeded, "permission-missing"),
        (10, 7, .permanent, "refused"), (200, nil, .reconnectNeeded, "permission-missing"),
        (230, nil, .reconnectNeeded, "permission-missing"), (299, 5, .reconnectNeeded, "permission-missing"),
        (100, 2_018_001, .permanent, "unknown-contact"), (100, 2_534_014, .permanent, "unknown-contact"),
        (100, 2_534_029, .reconnectNeeded, "account-blocked"), (100, 2_018_047, .permanent, "file-refused"),
        (100, 2_018_008, .permanent, "file-refused"), (100, 2_018_294, .permanent, "file-refused"),
        (100, 2_018_074, .permanent, "file-refused"), (100, 2_018_109, .permanent, "content-refused"),
        (100, nil, .permanent, "content-refused"), (190, 458, .reconnectNeeded, "app-removed"),
        (190, 460, .reconnectNeeded, "password-changed"), (190, 463, .reconnectNeeded, "token-expired"),
        (190, 464, .reconnectNeeded, "account-unconfirmed"), (190, 467, .reconnectNeeded, "bad-token"),
        (190, 492, .reconnectNeeded, "role-lost"), (190, nil, .reconnectNeeded, "bad-token"),
        (102, nil, .reconnectNeeded, "bad-token"), (104, nil, .reconnectNeeded, "proof-required"),
        (2_500, nil, .reconnectNeeded, "bad-version"), (200, 2_534_041, .reconnectNeeded, "messages-not-allowed"),
        (36_000, nil, .permanent, "file-too-big"), (999_999, nil, .permanent, "refused"), (0, nil, .permanent, "refused"),
        (-3, -4, .permanent, "refused"),
    ]

    @Test(arguments: Loading.allCases, rows.indices)
    func `an error has its outcome and its reason in three languages`(loading: Loading, index: Int) async throws {
        let row = Self.rows[index]
        for place in Place.allCases {
            let failure = try await loading.channel(place).failure(
                action(.text(OutboundText("a")), place), in: context(place), [.error(row.code, row.subcode)])
            #expect(failure.kind == row.kind)
            #expect(failure.reason.code == row.reason)
            let text = failure.reason.text
            #expect(!text.english.isEmpty && !text.russian.isEmpty && !text.kazakh.isEmpty)
            #expect(Set([text.english, text.russian, text.kazakh]).count == 3)
        }
    }

    @Test(arguments: Loading.allCases)
    func `an error counts whatever its status and spelling`(loading: Loading) async throws {
        let driver = try loading.facebook
        let quoted = StepInput.body(400, #"{"error":{"message":"x","code":"10","error_subcode":"2018278"}}"#)
        for answer in [StepInput.error(10, 2_018_278, status: 200), .error(10, 2_018_278, status: 403), quoted] {
            let failure = try await driver.failure(action(.text(OutboundText("a"))), [answer])
            #expect(failure.reason.code == "window-closed")
        }
        let transient = try await driver.failure(action(.text(OutboundText("a"))), [.error(77, isTransient: true)])
        #expect(transient.kind == Self.retry)
        let broken = try await driver.failure(action(.text(OutboundText("a"))), [.error(77, status: 500)])
        #expect(broken.kind == Self.retry)
        let flooded = try await driver.failure(action(.text(OutboundText("a"))), [.error(77, status: 429)])
        #expect(flooded.reason.code == "rate-limited")
    }

    static let waits: [([NameValue], Duration?)] = [
        (
            [
                NameValue(
                    "X-Business-Use-Case-Usage",
                    #"{"1088":[{"type":"messenger","call_count":100,"estimated_time_to_regain_access":19},{"estimated_time_to_regain_access":3}],"2":[{"estimated_time_to_regain_access":"21"}]}"#
                )
            ], .seconds(21 * 60)
        ),
        ([NameValue("Retry-After", "35")], .seconds(35)),
        ([NameValue("X-Business-Use-Case-Usage", #"{"1":[{"estimated_time_to_regain_access":0}]}"#)], nil),
        (
            [NameValue("X-Business-Use-Case-Usage", #"{"1":[{"estimated_time_to_regain_access":9999999999999}]}"#)],
            .seconds(86_400)
        ),
        ([NameValue("X-Business-Use-Case-Usage", "{")], nil), ([NameValue("X-App-Usage", #"{"call_count":100}"#)], nil),
        ([NameValue("Retry-After", "soon")], nil), ([NameValue("Retry-After", "-5")], .zero),
        ([NameValue("Retry-After", "9223372036854775807")], .seconds(86_400)),
    ]

    @Test(arguments: Loading.allCases, waits.indices)
    func `a throttled channel waits for as long as the headers say`(loading: Loading, index: Int) async throws {
        let (headers, after) = Self.waits[index]
        for answer in [StepInput.error(613, headers: headers), .body(429, "<html>", headers: headers)] {
            let failure = try await loading.facebook.failure(action(.text(OutboundText("a"))), [answer])
            #expect(failure.kind == .retry(after: after, scope: .channel))
            #expect(failure.reason.code == "rate-limited")
        }
    }

    @Test(arguments: Loading.allCases)
    func `a refused reply mark is dropped once`(loading: Loading) async throws {
        let driver = try loading.facebook
        let operation = action(.text(OutboundText("a", replyTo: "m_5")))
        let run = try await driver.run(operation, [.error(100), .sent("m_6")])
        #expect(run.result == .sent(messages: ["m_6"]))
        #expect(try run.requests.map { try $0.json["reply_to"] != nil } == [true, false])
        #expect(try await driver.failure(operation, [.error(100), .error(100)]).reason.code == "content-refused")
        #expect(try await driver.failure(operation, [.error(100, 2_018_001)]).reason.code == "unknown-contact")
    }

    @Test(arguments: Loading.allCases, [2_018_047, 2_018_008, 2_018_294])
    func `a file that Meta could not fetch is uploaded once`(loading: Loading, subcode: Int) async throws {
        let operation = action(.media(DeliveryTests.picture()))
        let driver = try loading.facebook
        let run = try await driver.run(operation, [.error(100, subcode), .sent("m_1")])
        #expect(run.result == .sent(messages: ["m_1"]))
        guard case .form = run.requests[1].body else { throw Unexpected("no upload") }
        #expect(try await driver.failure(operation, [.error(100, subcode), .error(100, subcode)]).reason.code == "file-refused")
        let instagram = try await loading.instagram.failure(
            action(.media(DeliveryTests.picture()), .instagramLogin), in: context(.instagramLogin), [.error(100, subcode)])
        #expect(instagram.reason.code == "file-refused")
    }

    static let silences: [(StepInput, OperationFailure.Kind, OperationFailure.Kind)] = [
        (.failure(.unknown), .uncertain, retry), (.failure(.notSent), retry, retry), (.body(200, ""), .uncertain, retry),
        (.body(200, "<html>"), .uncertain, retry), (.body(200, #"{"recipient_id":"1""#), .uncertain, retry),
        (.body(504, "<html>"), .uncertain, retry), (.body(503, "<html>"), retry, retry), (.body(301, ""), retry, retry),
        (.body(404, "<html>"), retry, retry), (.body(413, ""), .permanent, .permanent), (.error(1), .uncertain, retry),
        (.error(2), .uncertain, retry),
    ]

    @Test(arguments: Loading.allCases, silences.indices)
    func `a lost answer is uncertain for a message and harmless for the rest`(loading: Loading, index: Int) async throws {
        let driver = try loading.facebook
        let row = Self.silences[index]
        for (kind, expected) in [(OutboundAction.Kind.text(OutboundText("a")), row.1), (.typing, row.2)] {
            #expect(try await driver.failure(action(kind), [row.0]).kind == expected)
        }
    }

    @Test(arguments: Loading.allCases, ["{}", #"{"recipient_id":"1"}"#, #"{"message_id":""}"#, #"{"message_id":null}"#])
    func `a success without an id is no success`(loading: Loading, body: String) async throws {
        let failure = try await loading.facebook.failure(action(.text(OutboundText("a"))), [.ok(body)])
        #expect(failure.kind == .uncertain)
    }
}
