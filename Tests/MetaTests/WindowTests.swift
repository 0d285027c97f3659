import Kernel
import PluginHost
import PluginTestSupport
import Testing
import WireJSON

/// Section 6.7 of the reference: until when one may write, and who.
struct WindowTests {
    private static let hour: Int64 = 3_600
    private static func ago(_ seconds: Int64) -> Instant { Instant(seconds: 1_781_512_000 - seconds) }
    typealias Row = (author: OutboundAction.Author, approved: Bool, last: Instant?, expected: String)

    static let rows: [Row] = [
        (.bot, false, nil, "RESPONSE"), (.bot, false, ago(0), "RESPONSE"), (.bot, true, ago(24 * hour - 1), "RESPONSE"),
        (.bot, false, ago(24 * hour), "window-closed"), (.bot, true, ago(24 * hour), "window-closed"),
        (.bot, true, ago(100 * hour), "window-closed"), (.system, true, ago(24 * hour), "window-closed"),
        (.person, true, ago(24 * hour - 1), "RESPONSE"), (.person, true, ago(24 * hour), "HUMAN_AGENT"),
        (.person, true, ago(7 * 24 * hour - 1), "HUMAN_AGENT"), (.person, true, ago(7 * 24 * hour), "window-closed"),
        (.person, false, ago(24 * hour), "human-agent-missing"), (.person, false, ago(7 * 24 * hour), "window-closed"),
        (.person, false, ago(1), "RESPONSE"), (.person, true, nil, "RESPONSE"),
        // A clock ahead of ours, and the ends of time.
        (.bot, false, ago(-600), "RESPONSE"), (.bot, false, Instant(microseconds: .min), "window-closed"),
        (.bot, false, Instant(microseconds: .max), "RESPONSE"),
    ]

    @Test(arguments: Loading.allCases, rows.indices)
    func `a message passes, is tagged or stays`(loading: Loading, index: Int) async throws {
        let row = Self.rows[index]
        for place in Place.allCases {
            let operation = action(.text(OutboundText("a")), place, author: row.author, lastInboundAt: row.last)
            let context = context(place, settings: ["human_agent": row.approved ? "true" : "false"])
            let driver = try loading.channel(place)
            guard case .request(let request, _, _) = try await driver.step(operation, state: nil, input: .start, in: context)
            else {
                let failure = try await driver.failure(operation, in: context, [])
                #expect(failure.kind == .permanent)
                #expect(failure.reason.code == row.expected)
                continue
            }
            let body = try request.json
            let isTagged = row.expected == "HUMAN_AGENT"
            #expect(body["tag"]?.string == (isTagged ? "HUMAN_AGENT" : nil))
            let type = isTagged ? "MESSAGE_TAG" : place == .instagramLogin ? nil : row.expected
            #expect(body["messaging_type"]?.string == type)
        }
    }

    static let closed: [StepInput] = [.error(10, 2_018_278), .error(10, 2_534_022), .error(10, 2_018_065)]

    @Test(arguments: Loading.allCases, closed)
    func `when Meta says that the day is over, a person tries the tag once`(loading: Loading, refusal: StepInput) async throws {
        let driver = try loading.facebook
        let approved = context(settings: ["human_agent": "true"])
        let operation = action(.text(OutboundText("a")), author: .person, lastInboundAt: nil)
        let run = try await driver.run(operation, in: approved, [refusal, .sent("m_1")])
        #expect(run.result == .sent(messages: ["m_1"]))
        #expect(try run.requests.map { try $0.json["tag"]?.string } == [nil, "HUMAN_AGENT"])
        let twice = try await driver.failure(operation, in: approved, [refusal, refusal])
        #expect(twice.kind == .permanent)
        #expect(twice.reason.code == "window-closed")
    }

    @Test(arguments: Loading.allCases, closed)
    func `a bot never gets the tag`(loading: Loading, refusal: StepInput) async throws {
        let approved = context(settings: ["human_agent": "true"])
        for author in [OutboundAction.Author.bot, .system] {
            let operation = action(.text(OutboundText("a")), author: author, lastInboundAt: nil)
            let failure = try await loading.facebook.failure(operation, in: approved, [refusal])
            #expect(failure.kind == .permanent)
            #expect(failure.reason.code == "window-closed")
        }
    }

    @Test(arguments: Loading.allCases)
    func `signals need no window`(loading: Loading) async throws {
        let operation = action(.markRead(message: nil), lastInboundAt: Self.ago(1_000 * Self.hour))
        let run = try await loading.facebook.run(operation, [.ok("{}")])
        #expect(run.result == .sent(messages: []))
    }

    @Test(arguments: Loading.allCases, [StepInput.error(551, 1_545_041), .error(10, 2_018_108), .error(200, 1_545_041)])
    func `silence of a person is a closed window when the clock says so`(loading: Loading, answer: StepInput) async throws {
        let approved = context(settings: ["human_agent": "true"])
        let driver = try loading.facebook
        let late = action(.text(OutboundText("a")), author: .person, lastInboundAt: Self.ago(25 * Self.hour))
        #expect(try await driver.failure(late, in: approved, [answer]).reason.code == "window-closed")
        let early = try await driver.failure(action(.text(OutboundText("a"))), in: approved, [answer])
        #expect(early.kind == .blocked)
        #expect(early.reason.code == "unreachable")
    }

    @Test(arguments: Loading.allCases)
    func `a window that closes between question and answer loses nothing`(loading: Loading) async throws {
        let driver = try loading.facebook
        let operation = action(.text(OutboundText("a")), lastInboundAt: Self.ago(24 * Self.hour - 1))
        guard case .request(_, let state, _) = try await driver.step(operation, state: nil, input: .start, in: context()) else {
            throw Unexpected("no request")
        }
        var later = context()
        later.now = Instant(seconds: 1_781_512_060)
        #expect(
            try await driver.step(operation, state: state, input: .sent("m_1"), in: later)
                == .result(.sent(messages: ["m_1"]), remember: []))
    }
}
