import PluginHost
import PluginTestSupport
import Testing

struct DownloadTests {
    @Test(
        arguments: Loading.allCases,
        [
            ("https://i.oneme.ru/i?r=BTFj-8_w", "https://i.oneme.ru/i?r=BTFj-8_w"),
            ("https://fd.oneme.ru/Договор 1.pdf", "https://fd.oneme.ru/%D0%94%D0%BE%D0%B3%D0%BE%D0%B2%D0%BE%D1%80%201.pdf"),
            ("https://FD.oneme.ru:443/a%20b\\c", "https://FD.oneme.ru:443/a%20b%5Cc"),
        ])
    func `a file is fetched from its own address without credentials`(
        loading: Loading, row: (String, String)
    ) async throws {
        let run = try await loading.max.run(.download(file: row.0), [])
        guard case .file(let location) = run.result else { throw Unexpected("\(run.result)") }
        let rendered = try location.request.rendered(secrets: ["token": "a"], hosts: [])
        #expect(rendered.url == row.1)
        #expect(rendered.method == "GET")
        #expect(!rendered.carriesSecrets)
    }

    static let videos: [(StepInput, String)] = [
        (
            .ok(
                #"""
                {"token":"t3/+","urls":{"mp4_1080":null,"mp4_720":"https://vu.okcdn.ru/720","mp4_480":"https://vu.okcdn.ru/480",
                "hls":"https://vu.okcdn.ru/hls"},"width":720,"height":1280,"duration":14}
                """#), "https://vu.okcdn.ru/720"
        ),
        (.ok(#"{"urls":{"mp4_144":"https://vu.okcdn.ru/144"}}"#), "https://vu.okcdn.ru/144"),
        (.ok(#"{"urls":{"mp4_720":"file:///etc/passwd","mp4_360":"https://vu.okcdn.ru/360"}}"#), "https://vu.okcdn.ru/360"),
        (.ok(#"{"urls":null}"#), "https://vu.okcdn.ru/v"), (.error(404, "not.found"), "https://vu.okcdn.ru/v"),
        (.body(200, "<html>"), "https://vu.okcdn.ru/v"),
    ]

    @Test(arguments: Loading.allCases, videos)
    func `a video's newest and largest address is asked for`(loading: Loading, row: (StepInput, String)) async throws {
        let run = try await loading.max.run(.download(file: "video:t3/+ https://vu.okcdn.ru/v"), [row.0])
        #expect(run.requests.map(\.call) == ["GET /videos/t3%2F%2B"])
        guard case .file(let location) = run.result else { throw Unexpected("\(run.result)") }
        #expect(location.request.url.redacted == row.1)
    }

    static let failures: [(String, [StepInput], OperationFailure.Kind, String)] = [
        ("http://i.oneme.ru/a", [], .permanent, "file-unavailable"), ("", [], .permanent, "file-unavailable"),
        ("video:", [], .permanent, "file-unavailable"), ("file:///etc/passwd", [], .permanent, "file-unavailable"),
        ("https://a:b@i.oneme.ru/", [], .permanent, "file-unavailable"), ("https://", [], .permanent, "file-unavailable"),
        ("https://i.oneme.ru{}/", [], .permanent, "file-unavailable"),
        ("https://i.oneme.ru/" + String(repeating: "ы", count: 3_000), [], .permanent, "file-unavailable"),
        ("video:t", [.error(404, "not.found")], .permanent, "file-unavailable"),
        ("video:t", [.ok("{}")], .permanent, "file-unavailable"),
        ("video:t", [.error(401, "verify.token")], .reconnectNeeded, "bad-token"),
        ("video:t", [.error(429, "too.many.requests")], .retry(after: nil, scope: .channel), "rate-limited"),
        ("video:t", [.body(502, "")], .retry(after: nil, scope: .channel), "unavailable"),
        ("video:t", [.lost], .retry(after: nil, scope: .channel), "unavailable"),
    ]

    @Test(arguments: Loading.allCases, failures)
    func `a file that cannot be had is explained`(
        loading: Loading, row: (String, [StepInput], OperationFailure.Kind, String)
    ) async throws {
        let failure = try await loading.max.failure(.download(file: row.0), row.1)
        #expect(failure.kind == row.2)
        #expect(failure.reason.code == row.3)
    }

    @Test(arguments: Loading.allCases)
    func `a profile has a name and a picture to download`(loading: Loading) async throws {
        let driver = try loading.max
        let run = try await driver.run(
            .profile(thread: "240118305", contact: "51730264"),
            [
                .ok(
                    #"""
                    {"chat_id":240118305,"type":"dialog","status":"active","dialog_with_user":{"user_id":51730264,
                    "first_name":"Айгуль","username":"aigul","avatar_url":"https://i.oneme.ru/i?r=1"}}
                    """#)
            ])
        #expect(run.requests.map(\.call) == ["GET /chats/240118305"])
        let contact = ContactIdentity(
            id: "51730264", name: "Айгуль", username: "aigul", avatar: "https://i.oneme.ru/i?r=1")
        #expect(run.result == .profile(contact))
    }

    static let strangers: [(String, [StepInput], OperationFailure.Kind)] = [
        ("u:5", [], .permanent), ("x", [], .permanent), ("5", [.error(404, "chat.not.found")], .permanent),
        ("5", [.ok(#"{"type":"chat"}"#)], .permanent), ("5", [.error(401, "verify.token")], .reconnectNeeded),
        ("5", [.lost], .retry(after: nil, scope: .channel)),
    ]

    @Test(arguments: Loading.allCases, strangers)
    func `a profile that cannot be had is explained`(
        loading: Loading, row: (String, [StepInput], OperationFailure.Kind)
    ) async throws {
        #expect(try await loading.max.failure(.profile(thread: row.0, contact: "5"), row.1).kind == row.2)
    }
}
