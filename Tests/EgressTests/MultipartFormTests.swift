import Egress
import Kernel
import LocalServer
import Testing

struct MultipartFormTests {
    @Test func `parts come one after another`() async throws {
        let box = Box<[Seen]>([])
        let server = try LocalServer.http { seen in
            box.with { $0.append(seen) }
            return reply("200 OK")
        }
        var form = MultipartForm(randomness: Randomness { 35 })
        form.add("chat", "7")
        form.add("photo", file: [0, 13, 10, 255], named: "кот.jpg", type: "image/jpeg")
        _ = try await Client().egress.send(EgressRequest(server.url, form: form, purpose: .tenantWebhook))
        let seen = try #require(box.now.first)
        #expect(seen.header("content-type") == "multipart/form-data; boundary=sevensales-zz")
        let head = "--sevensales-zz\r\nContent-Disposition: form-data; "
        let file = "name=\"photo\"; filename=\"кот.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n"
        let start = Array((head + "name=\"chat\"\r\n\r\n7\r\n" + head + file).utf8)
        #expect(seen.body == start + [0, 13, 10, 255, 13, 10] + Array("--sevensales-zz--\r\n".utf8))
    }

    @Test func `a name cannot leave its quotes or its line`() {
        var form = MultipartForm()
        form.add("a\"\r\nX: y", file: [], named: "b\"; filename=\"c\u{0}\n", type: "text/html\r\nX: y")
        let text = String(decoding: form.body, as: UTF8.self)
        #expect(text.contains("name=\"a%22%0D%0AX: y\"; filename=\"b%22; filename=%22c%0A\"\r\n"))
        #expect(text.contains("Content-Type: application/octet-stream\r\n"))
        #expect(MultipartForm().contentType != MultipartForm().contentType)
    }
}
