import Kernel
import PluginHost
import PluginTestSupport
import Testing

/// Profiles, files and the history: sections 7 and 8 of the reference.
struct LookupTests {
    @Test(arguments: Loading.allCases)
    func `a Messenger profile has names, language and picture`(loading: Loading) async throws {
        let run = try await loading.facebook.run(
            .profile(thread: psid, contact: psid),
            [
                .ok(
                    #"{"first_name":"Айгуль","last_name":"С.","profile_pic":"https://p.example/1?x=1","locale":"ru_RU","id":"\#(psid)"}"#
                )
            ])
        #expect(
            run.result
                == .profile(ContactIdentity(id: psid, name: "Айгуль С.", language: "ru-RU", avatar: "https://p.example/1?x=1")))
        #expect(run.requests.map(\.line) == ["GET \(psid)?fields=first_name%2Clast_name%2Cname%2Cprofile_pic%2Clocale"])
    }

    @Test(arguments: Loading.allCases)
    func `an Instagram profile has a username`(loading: Loading) async throws {
        let run = try await loading.instagram.run(
            .profile(thread: igsid, contact: igsid), in: context(.instagramLogin),
            [.ok(#"{"name":null,"username":"aigul_s","profile_pic":null,"id":"\#(igsid)"}"#)])
        #expect(run.result == .profile(ContactIdentity(id: igsid, username: "aigul_s")))
    }

    static let nameless: [StepInput] = [
        .ok("{}"), .error(100, 2_018_218), .error(2_018_218), .error(230), .ok(#"{"name":"","first_name":""}"#),
        .ok(#"{"profile_pic":"https://p.example/\#(String(repeating: "1", count: 1_100))"}"#),
    ]

    @Test(arguments: Loading.allCases, nameless)
    func `a profile without anything is one, too`(loading: Loading, answer: StepInput) async throws {
        let run = try await loading.facebook.run(.profile(thread: psid, contact: psid), [answer])
        #expect(run.result == .profile(ContactIdentity(id: psid)))
    }

    @Test(arguments: Loading.allCases, ["", "..", "me/accounts", "1?fields=x", "1%2F2", "a b", "қ"])
    func `an id that is a path is not asked about`(loading: Loading, contact: String) async throws {
        let failure = try await loading.facebook.failure(.profile(thread: psid, contact: contact), [])
        #expect(failure.reason.code == "unknown-contact")
    }

    @Test(arguments: Loading.allCases)
    func `a file is fetched from its own address, without the token`(loading: Loading) async throws {
        let address = "https://cdn.fbsbx.com/v/t59/a.pdf?_nc_cat=1&oh=2"
        let run = try await loading.facebook.run(.download(file: address), [])
        guard case .file(let location) = run.result else { throw Unexpected("\(run.result)") }
        let rendered = try location.request.rendered(secrets: [:], hosts: [])
        #expect(rendered.url == address)
        #expect(rendered.method == "GET")
        #expect(!rendered.carriesSecrets)
    }

    @Test(arguments: Loading.allCases, ["", "http://a.example/1", "file:///etc/passwd", "https://a.example/a b", "m_1"])
    func `what is no address is no file`(loading: Loading, file: String) async throws {
        let failure = try await loading.facebook.failure(.download(file: file), [])
        #expect(failure.kind == .permanent)
        #expect(failure.reason.code == "file-unavailable")
    }

    private static let since = Instant(seconds: 1_781_510_400)

    private static func history(_ messages: [(String, String, String, String)]) -> StepInput {
        let items = messages.map {
            #"{"id":"\#($0.0)","created_time":"2026-06-15T\#($0.1)+0000","from":{"id":"\#($0.2)"},"message":"\#($0.3)"}"#
        }
        return .ok(#"{"data":[{"messages":{"data":[\#(items.joined(separator: ","))]},"id":"t_1"}]}"#)
    }

    private static func reconcile(_ text: String, _ place: Place = .messenger) -> ChannelOperation {
        guard case .deliver(let action) = action(.text(OutboundText(text)), place) else { return .poll }
        return .reconcile(action, since: since)
    }

    static let histories: [(StepInput, OperationResult)] = [
        (history([("m_2", "08:00:03", pageID, "Да, есть"), ("m_1", "07:59:00", psid, "Есть?")]), .sent(messages: ["m_2"])),
        // Meta trims; the two clocks differ a little.
        (history([("m_2", "07:59:56", pageID, " Да, есть ")]), .sent(messages: ["m_2"])),
        (history([("m_2", "07:59:54", pageID, "Да, есть")]), .notFound),
        (history([("m_2", "08:00:03", psid, "Да, есть")]), .notFound),
        (history([("m_2", "08:00:03", pageID, "Да, есть!")]), .notFound), (history([]), .notFound),
        (.ok(#"{"data":[]}"#), .notFound),
        // Of two the older one is ours.
        (
            history([("m_3", "08:00:09", pageID, "Да, есть"), ("m_2", "08:00:03", pageID, "Да, есть")]), .sent(messages: ["m_2"])
        ),
    ]

    @Test(arguments: Loading.allCases, histories.indices)
    func `a text is found in the history, or is not there`(loading: Loading, index: Int) async throws {
        let (answer, result) = Self.histories[index]
        let run = try await loading.facebook.run(Self.reconcile("Да, есть"), [answer])
        #expect(run.result == result)
        #expect(
            run.requests.map(\.line) == [
                "GET \(pageID)/conversations?platform=messenger&user_id=\(psid)"
                    + "&fields=messages.limit%2820%29%7Bid%2Ccreated_time%2Cfrom%2Cmessage%7D"
            ])
    }

    @Test(arguments: Loading.allCases)
    func `a long text is found by all its parts`(loading: Loading) async throws {
        let (first, second) = (String(repeating: "a", count: 1_000), String(repeating: "b", count: 300))
        let driver = try loading.instagram
        let whole = Self.history([("m_2", "08:00:04", instagramID, second), ("m_1", "08:00:03", instagramID, first)])
        let run = try await driver.run(Self.reconcile(first + second, .instagramLogin), in: context(.instagramLogin), [whole])
        #expect(run.result == .sent(messages: ["m_1", "m_2"]))
        #expect(run.requests[0].line.hasPrefix("GET me/conversations?platform=instagram&user_id=\(igsid)"))
        let half = try await driver.failure(
            Self.reconcile(first + second, .instagramLogin), in: context(.instagramLogin),
            [Self.history([("m_1", "08:00:03", instagramID, first)])])
        #expect(half.kind == .uncertain)
        #expect(half.sent == ["m_1"])
    }

    @Test(arguments: Loading.allCases)
    func `what the history cannot prove stays uncertain`(loading: Loading) async throws {
        let driver = try loading.facebook
        // Twenty newer messages hide what was before them.
        let crowd = (0..<20).map { ("m_\($0)", "08:01:00", psid, "ещё") }
        #expect(try await driver.failure(Self.reconcile("Да"), [Self.history(crowd)]).kind == .uncertain)
        let reaching = crowd.dropLast() + [("m_0", "07:00:00", psid, "давно")]
        #expect(try await driver.run(Self.reconcile("Да"), [Self.history(Array(reaching))]).result == .notFound)
        let media = OutboundAction(thread: psid, correlation: "c", kind: .media(DeliveryTests.picture()))
        #expect(try await driver.failure(.reconcile(media, since: Self.since), []).kind == .uncertain)
        #expect(try await driver.failure(Self.reconcile("Да"), [.error(613)]).kind == .retry(after: nil, scope: .channel))
    }
}
