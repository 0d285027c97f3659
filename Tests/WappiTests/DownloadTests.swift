import Kernel
import PluginHost
import PluginTestSupport
import Testing

struct DownloadTests {
    static let link = "https://s3.example/b91f07d2.ogg?X-Amz-Expires=172800&a=b"

    @Test(arguments: Loading.allCases)
    func `a fresh link is fetched as it is, without the token`(loading: Loading) async throws {
        let run = try await loading.wappi.run(
            .download(file: #"{"m":"3A71","t":"audio/ogg; codecs=opus","u":"\#(Self.link)","x":1791380526000}"#), [])
        guard case .file(let location) = run.result else { throw Unexpected("\(run.result)") }
        #expect(run.requests.isEmpty)
        #expect(location.mimeType == "audio/ogg; codecs=opus")
        let rendered = try location.request.rendered(secrets: ["token": "t"], hosts: ["wappi.pro"])
        #expect(rendered.url == Self.link)
        #expect(!rendered.carriesSecrets)
    }

    static let stale = [
        #"{"m":"3A71","t":"audio/ogg","u":"https://old.example/a","x":1791209999000}"#,
        #"{"m":"3A71","t":"audio/ogg","u":"https://old.example/a"}"#, #"{"m":"3A71","t":"audio/ogg"}"#, #"{"m":"3A71"}"#,
    ]

    @Test(arguments: Loading.allCases, stale)
    func `an old link is asked for anew by its message`(loading: Loading, file: String) async throws {
        let run = try await loading.wappi.run(
            .download(file: file),
            [
                .done(
                    #""file_name":"голос 1.ogg","media_type":"ptt","mime_type":"audio/mpeg","file_link":"https://new.example/голос 1.ogg""#
                )
            ])
        #expect(run.requests.map(\.path) == ["/api/sync/message/media/download"])
        #expect(run.requests.map(\.query) == ["&message_id=3A71"])
        guard case .file(let location) = run.result else { throw Unexpected("\(run.result)") }
        #expect(location.name == "голос 1.ogg")
        let rendered = try location.request.rendered(secrets: [:], hosts: [])
        #expect(rendered.url == "https://new.example/%D0%B3%D0%BE%D0%BB%D0%BE%D1%81%201.ogg")
    }

    static let bad: [(String, [StepInput], OperationFailure.Kind, String)] = [
        (
            #"{"m":"1","t":"audio/ogg"}"#, [.done(#""mime_type":"image/jpeg","file_link":"https://a/b""#)],
            .retry(after: .seconds(5), scope: .channel), "mixed-up"
        ),
        (#"{"m":"1"}"#, [.done(#""file_b64":"AAAA""#)], .permanent, "file-inline"),
        (#"{"m":"1"}"#, [.done(#""file_link":"http://10.0.0.1/x""#)], .permanent, "file-unavailable"),
        (#"{"m":"1"}"#, [.error(400, "media not found")], .permanent, "file-unavailable"),
        (#"{"m":"1"}"#, [.error(401, "bad token")], .reconnectNeeded, "bad-token"),
        (#"{"m":"1"}"#, [.body(502, "<html>")], .retry(after: nil, scope: .channel), "unavailable"),
        (#"{"m":"1"}"#, [.failure(.unknown)], .retry(after: nil, scope: .channel), "unavailable"),
        ("", [], .permanent, "file-unavailable"), ("{}", [], .permanent, "file-unavailable"),
        (#"{"u":"file:///etc/passwd"}"#, [], .permanent, "file-unavailable"),
    ]

    @Test(arguments: Loading.allCases, bad)
    func `a file that cannot be had is explained`(
        loading: Loading, row: (String, [StepInput], OperationFailure.Kind, String)
    ) async throws {
        let failure = try await loading.wappi.failure(.download(file: row.0), row.1)
        #expect(failure.kind == row.2)
        #expect(failure.reason.code == row.3)
    }

    @Test(arguments: Loading.allCases)
    func `a customer's picture is its link`(loading: Loading) async throws {
        let run = try await loading.wappi.run(.download(file: #"{"u":"https://fs.wappi.pro/a.jpg"}"#), [])
        guard case .file(let location) = run.result else { throw Unexpected("\(run.result)") }
        #expect(location.request.url.redacted == "https://fs.wappi.pro/a.jpg")
    }
}
