import Kernel
import PluginHost
import PluginTestSupport
import Testing

struct OperationTests {
    static let hook = "https://inbox.example.kz/hooks/6f0c2b"
    static let success = StepInput.ok(#"{"success":true}"#)

    private static func me(_ place: Place) -> StepInput {
        switch place {
        case .messenger: .ok(#"{"id":"\#(pageID)","name":"Магазин"}"#)
        case .instagramPage:
            .ok(
                #"{"id":"\#(pageID)","name":"Магазин","instagram_business_account":{"id":"\#(instagramID)","username":"shop.kz","name":"Shop"}}"#
            )
        case .instagramLogin: .ok(#"{"user_id":\#(instagramID),"username":"shop.kz","name":"Shop","id":"90010"}"#)
        }
    }

    private static func account(_ place: Place) -> ChannelAccount {
        place == .messenger
            ? ChannelAccount(id: pageID, name: "Магазин", url: "https://m.me/\(pageID)")
            : ChannelAccount(id: instagramID, name: "Shop", username: "shop.kz", url: "https://ig.me/m/shop.kz")
    }

    private static let renewal = StepInput.ok(#"{"access_token":"IGAA-new","token_type":"bearer","expires_in":5183944}"#)
    private static let renewed = Remembered(
        name: "renewed_token", value: "IGAA-new", isSecret: true, expiresAt: Instant(seconds: 1_781_512_000 + 5_183_944))

    @Test(arguments: Loading.allCases, Place.allCases)
    func `an answer with endless words connects and is checked like any other`(loading: Loading, place: Place) async throws {
        let endless = String(repeating: "ы", count: 100_000)
        let own = #"{"id":"\#(instagramID)","name":"Shop","username":"shop.kz","biography":"\#(endless)"}"#
        let answer = StepInput.ok(
            #"{"id":"\#(pageID)","user_id":"\#(instagramID)","name":"\#(endless)","instagram_business_account":\#(own),"about":"\#(endless)"}"#
        )
        let answers = [answer, Self.success] + (place == .instagramLogin ? [Self.renewal] : [])
        let channel = try loading.channel(place)
        let connected = try await channel.run(.connect(webhook: Self.hook), in: context(place, memory: [:]), answers)
        guard case .connected(let account) = connected.result else { throw Unexpected("\(connected.result)") }
        #expect(account.id == (place == .messenger ? pageID : instagramID))
        let checked = try await channel.run(
            .health(webhook: nil), in: context(place, memory: [:]), [answer, .ok(#"{"data":[{"id":"1"}]}"#), Self.renewal])
        guard case .health = checked.result else { throw Unexpected("\(checked.result)") }
    }

    @Test(arguments: Loading.allCases, Place.allCases)
    func `connecting learns the account and subscribes it`(loading: Loading, place: Place) async throws {
        let answers = [Self.me(place), Self.success] + (place == .instagramLogin ? [Self.renewal] : [])
        let run = try await loading.channel(place).run(.connect(webhook: Self.hook), in: context(place, memory: [:]), answers)
        #expect(run.result == .connected(Self.account(place)))
        switch place {
        case .messenger:
            #expect(
                run.requests.map(\.line) == [
                    "GET me?fields=id%2Cname%2Cusername",
                    "POST \(pageID)/subscribed_apps?subscribed_fields=messages%2Cmessaging_postbacks%2Cmessage_deliveries"
                        + "%2Cmessage_reads%2Cmessage_echoes%2Cmessage_reactions%2Cmessage_edits%2Cmessaging_referrals"
                        + "%2Cmessaging_policy_enforcement",
                ])
            #expect(
                run.remembered == [Remembered(name: "account_id", value: pageID), Remembered(name: "page_id", value: pageID)])
        case .instagramPage:
            #expect(run.requests[1].line.hasPrefix("POST \(pageID)/subscribed_apps?"))
            // The Page's edge refuses it.
            #expect(!run.requests[1].line.contains("messaging_seen"))
            #expect(
                run.remembered == [
                    Remembered(name: "account_id", value: instagramID), Remembered(name: "page_id", value: pageID),
                ])
        case .instagramLogin:
            #expect(
                run.requests.map { $0.line.prefix { $0 != "?" } } == [
                    "GET me", "POST me/subscribed_apps", "GET refresh_access_token",
                ])
            #expect(run.requests[1].line.contains("messaging_seen"))
            #expect(
                run.remembered == [
                    Remembered(name: "account_id", value: instagramID), Remembered(name: "account_alias", value: "90010"),
                    Self.renewed,
                ])
            let rendered = try run.requests[2].rendered(secrets: ["access_token": "IG/1"], hosts: ["graph.instagram.com"])
            #expect(
                rendered.url == "https://graph.instagram.com/refresh_access_token?grant_type=ig_refresh_token&access_token=IG%2F1"
            )
        }
    }

    @Test(arguments: Loading.allCases, Place.allCases)
    func `with the app's id its webhook is registered too`(loading: Loading, place: Place) async throws {
        let answers = [Self.me(place), Self.success, Self.success] + (place == .instagramLogin ? [Self.renewal] : [])
        let driver = try loading.channel(place)
        let run = try await driver.run(
            .connect(webhook: Self.hook), in: context(place, settings: ["app_id": appID], memory: [:]), answers)
        #expect(run.result == .connected(Self.account(place)))
        let request = run.requests[1]
        #expect(request.url.redacted == "https://graph.facebook.com/v25.0/\(appID)/subscriptions")
        let rendered = try request.rendered(
            secrets: ["app_secret": appSecret, "verify_token": verifyToken], hosts: driver.description.secretHosts(settings: [:]))
        guard case .bytes(let bytes, "application/x-www-form-urlencoded") = rendered.body else { throw Unexpected("no form") }
        let items = String(decoding: bytes, as: UTF8.self).split(separator: "&").map(String.init)
        #expect(items.contains("object=\(place.object)"))
        #expect(items.contains("callback_url=https%3A%2F%2Finbox.example.kz%2Fhooks%2F6f0c2b"))
        #expect(items.contains("access_token=\(appID)%7C\(appSecret)"))
        #expect(items.contains("verify_token=\(verifyToken)"))
        #expect(items.contains { $0.hasPrefix("fields=messages%2C") && ($0.contains("messaging_seen") == (place != .messenger)) })
    }

    static let refusals: [(Place, [StepInput], OperationFailure.Kind, String)] = [
        (.messenger, [.error(190, 463)], .reconnectNeeded, "token-expired"),
        (.messenger, [.error(4)], .retry(after: nil, scope: .channel), "rate-limited"),
        (.messenger, [.failure(.unknown)], .retry(after: nil, scope: .channel), "unavailable"),
        (.messenger, [.ok("{}")], .retry(after: nil, scope: .channel), "unexpected-answer"),
        (.instagramPage, [.ok(#"{"id":"1","name":"x"}"#)], .permanent, "no-instagram-account"),
        (.messenger, [me(.messenger), .error(190)], .permanent, "bad-app"),
        (.messenger, [me(.messenger), .error(101)], .permanent, "bad-app"),
        (.messenger, [me(.messenger), .error(2_200)], .permanent, "bad-webhook"),
        (.messenger, [me(.messenger), .error(100)], .permanent, "bad-webhook"),
        (.messenger, [me(.messenger), success, .error(200)], .reconnectNeeded, "permission-missing"),
        (.messenger, [me(.messenger), .body(503, "")], .retry(after: nil, scope: .channel), "unavailable"),
    ]

    @Test(arguments: Loading.allCases, refusals.indices)
    func `connecting says why it failed`(loading: Loading, index: Int) async throws {
        let (place, answers, kind, reason) = Self.refusals[index]
        let failure = try await loading.channel(place).failure(
            .connect(webhook: Self.hook), in: context(place, settings: ["app_id": appID], memory: [:]), answers)
        #expect(failure.kind == kind)
        #expect(failure.reason.code == reason)
    }

    @Test(arguments: Loading.allCases)
    func `a field that Meta does not know is left out`(loading: Loading) async throws {
        let driver = try loading.facebook
        let refusal = StepInput.error(
            100, nil,
            "(#100) Param subscribed_fields[6] must be one of {feed, messages, messaging_postbacks, message_reads} - got x")
        let run = try await driver.run(.connect(webhook: Self.hook), [Self.me(.messenger), refusal, Self.success])
        #expect(run.result == .connected(Self.account(.messenger)))
        #expect(
            run.requests[2].line
                == "POST \(pageID)/subscribed_apps?subscribed_fields=messages%2Cmessaging_postbacks%2Cmessage_reads")
        let silent = try await driver.run(
            .connect(webhook: Self.hook), [Self.me(.messenger), .error(100, nil, "(#100) неверный параметр"), Self.success])
        #expect(silent.requests[2].line == "POST \(pageID)/subscribed_apps?subscribed_fields=messages%2Cmessaging_postbacks")
        let stuck = try await driver.failure(.connect(webhook: Self.hook), [Self.me(.messenger), refusal, refusal, .error(100)])
        #expect(stuck.reason.code == "content-refused")
    }

    @Test(arguments: Loading.allCases)
    func `a token that was entered comes before one that was renewed`(loading: Loading) async throws {
        let driver = try loading.instagram
        let context = context(
            .instagramLogin, secrets: ["renewed_token"], expiries: ["renewed_token": Instant(seconds: 1_781_512_001)])
        // The new one works: the renewal of the old one is forgotten when it cannot be replaced yet.
        let entered = try await driver.run(
            .connect(webhook: Self.hook), in: context, [Self.me(.instagramLogin), Self.success, .error(100)])
        #expect(entered.requests.allSatisfy { $0.names("access_token") && !$0.names("renewed_token") })
        #expect(entered.remembered.last == Remembered(name: "renewed_token", value: nil, isSecret: true))
        // The entered one has died meanwhile: the renewed one lives on.
        let fallback = try await driver.run(
            .connect(webhook: Self.hook), in: context,
            [.error(190, 463), Self.me(.instagramLogin), Self.success, Self.renewal])
        #expect(fallback.requests.map { $0.names("renewed_token") } == [false, true, true, true])
        #expect(fallback.remembered.last == Self.renewed)
    }

    @Test(arguments: Loading.allCases)
    func `a renewed token is used while it lives, and the entered one after it`(loading: Loading) async throws {
        let driver = try loading.instagram
        func context(_ end: Int64) -> ChannelContext {
            MetaTests.context(.instagramLogin, secrets: ["renewed_token"], expiries: ["renewed_token": Instant(seconds: end)])
        }
        let text = action(.text(OutboundText("a")), .instagramLogin)
        let alive = try await driver.run(text, in: context(1_781_512_001), [.sent("m")])
        #expect(alive.requests[0].names("renewed_token"))
        let over = try await driver.run(text, in: context(1_781_512_000), [.sent("m")])
        #expect(over.requests[0].names("access_token"))
        let dead = try await driver.run(text, in: context(1_781_512_001), [.error(190, 460), .sent("m")])
        #expect(dead.result == .sent(messages: ["m"]))
        #expect(dead.requests.map { $0.names("access_token") } == [false, true])
        let both = try await driver.failure(text, in: context(1_781_512_001), [.error(190, 460), .error(190, 460)])
        #expect(both.kind == .reconnectNeeded)
    }

    @Test(arguments: Loading.allCases, [success, StepInput.error(190)])
    func `disconnecting ends the account's subscription`(loading: Loading, answer: StepInput) async throws {
        let run = try await loading.facebook.run(.disconnect, [answer])
        #expect(run.result == .disconnected)
        #expect(run.requests.map(\.line) == ["DELETE \(pageID)/subscribed_apps"])
        #expect(try await loading.facebook.failure(.disconnect, [.error(4)]).kind == .retry(after: nil, scope: .channel))
    }

    private static func apps(_ fields: String, id: String = appID) -> StepInput {
        .ok(#"{"data":[{"id":"\#(id)","name":"app","subscribed_fields":[\#(fields)]}]}"#)
    }
    private static let all = apps(#""messages","messaging_postbacks""#)
    private static func token(_ fields: String) -> StepInput { .ok(#"{"data":{"app_id":"1",\#(fields)}}"#) }

    static let healths: [([StepInput], ChannelHealth.State, String?)] = [
        ([me(.messenger), all, token(#""is_valid":true,"expires_at":0,"data_access_expires_at":0"#)], .healthy, nil),
        ([me(.messenger), all, token(#""is_valid":true,"expires_at":1782116800"#)], .healthy, nil),
        ([me(.messenger), all, token(#""is_valid":true,"expires_at":1782116799"#)], .degraded, "token-ending"),
        (
            [me(.messenger), all, token(#""is_valid":true,"expires_at":0,"data_access_expires_at":1781512001"#)], .degraded,
            "token-ending"
        ),
        ([me(.messenger), all, token(#""is_valid":false"#)], .broken, "bad-token"),
        // The app's secret is no concern of this check.
        ([me(.messenger), all, .error(190)], .healthy, nil), ([me(.messenger), all, .body(500, "")], .healthy, nil),
        ([me(.messenger), .ok(#"{"data":[]}"#), token(#""is_valid":true"#)], .broken, "not-subscribed"),
        ([me(.messenger), apps(#""messages""#, id: "999"), token(#""is_valid":true"#)], .broken, "not-subscribed"),
        ([me(.messenger), apps(#""feed""#), token(#""is_valid":true"#)], .broken, "not-subscribed"),
        ([me(.messenger), apps(#""messages""#), token(#""is_valid":true"#)], .degraded, "fields-missing"),
        ([me(.messenger), .ok(#"{"data":[{"id":"\#(appID)"}]}"#), token(#""is_valid":true"#)], .healthy, nil),
        ([.error(190, 463)], .broken, "token-expired"), ([me(.messenger), .error(200)], .broken, "permission-missing"),
        ([.ok("{}")], .broken, "bad-token"),
    ]

    @Test(arguments: Loading.allCases, healths.indices)
    func `health tells what is wrong`(loading: Loading, index: Int) async throws {
        let (answers, state, reason) = Self.healths[index]
        let run = try await loading.facebook.run(
            .health(webhook: Self.hook), in: context(settings: ["app_id": appID]), answers)
        guard case .health(let health) = run.result else { throw Unexpected("\(run.result)") }
        #expect(health.state == state)
        #expect(health.reason?.code == reason)
        #expect(run.requests.count == answers.count)
    }

    @Test(arguments: Loading.allCases)
    func `what the owner cannot mend is no finding`(loading: Loading) async throws {
        for answer in [StepInput.error(4), .body(502, ""), .failure(.notSent)] {
            let failure = try await loading.facebook.failure(.health(webhook: Self.hook), [answer])
            #expect(failure.kind == .retry(after: nil, scope: .channel))
        }
    }

    @Test(arguments: Loading.allCases)
    func `an app's token is asked about with the app's own`(loading: Loading) async throws {
        let driver = try loading.facebook
        let run = try await driver.run(
            .health(webhook: Self.hook), in: context(settings: ["app_id": appID]),
            [Self.me(.messenger), Self.all, Self.token(#""is_valid":true"#)])
        let rendered = try run.requests[2].rendered(
            secrets: ["access_token": "EAAB", "app_secret": appSecret], hosts: driver.description.secretHosts(settings: [:]))
        #expect(rendered.url == "https://graph.facebook.com/v25.0/debug_token?input_token=EAAB")
        #expect(rendered.headers == [NameValue("Authorization", "Bearer \(appID)|\(appSecret)")])
    }

    static let day: Int64 = 86_400
    /// Days left of the renewed token, whether it is renewed again, and what is said when that fails.
    static let lives: [(Int64?, Bool, String?)] = [
        (nil, true, nil), (31, false, nil), (30, false, nil), (29, true, nil), (6, true, "token-ending"),
    ]

    @Test(arguments: Loading.allCases, lives.indices)
    func `an Instagram token is renewed in its last month`(loading: Loading, index: Int) async throws {
        let (days, renews, reason) = Self.lives[index]
        let driver = try loading.instagram
        var context = context(.instagramLogin)
        if let days {
            context.secrets.insert("renewed_token")
            context.expiries = ["renewed_token": Instant(seconds: 1_781_512_000 + days * Self.day)]
        }
        let asked = [Self.me(.instagramLogin), Self.all]
        let good = try await driver.run(.health(webhook: Self.hook), in: context, asked + [Self.renewal])
        #expect(good.remembered == (renews ? [Self.renewed] : []))
        #expect(good.requests.count == (renews ? 3 : 2))
        guard case .health(let health) = good.result else { throw Unexpected("\(good.result)") }
        #expect(health.state == .healthy)
        #expect(health.account == Self.account(.instagramLogin))
        let bad = try await driver.run(.health(webhook: Self.hook), in: context, asked + [.error(100)])
        guard case .health(let worse) = bad.result else { throw Unexpected("\(bad.result)") }
        #expect(worse.reason?.code == reason)
        #expect(bad.remembered.isEmpty)
    }

    static let spoilt = [#"{"access_token":"a b"}"#, #"{"access_token":""}"#, #"{"access_token":7}"#, "{}"]

    @Test(arguments: Loading.allCases, spoilt)
    func `a spoilt token is not remembered`(loading: Loading, body: String) async throws {
        let run = try await loading.instagram.run(
            .health(webhook: Self.hook), in: context(.instagramLogin), [Self.me(.instagramLogin), Self.all, .ok(body)])
        #expect(run.remembered.isEmpty)
    }

    @Test(arguments: Loading.allCases)
    func `there is no polling`(loading: Loading) async throws {
        await #expect(throws: PluginFault.self) { _ = try await loading.facebook.run(.poll, []) }
    }
}

extension PluginRequest {
    /// Whether the secret of this name is anywhere in it.
    func names(_ secret: String) -> Bool {
        (headers.map(\.value) + [url]).contains { template in
            template.parts.contains { if case .secret(secret, _) = $0 { true } else { false } }
        }
    }
}
