import Egress
import LocalServer
import Testing

struct GuardTests {
    /// Each would reach inside, hide where it goes, or is read differently by different parsers.
    static let hostile: [String] = [
        "http://127.0.0.1:PORT/", "https://127.0.0.1:PORT/", "https://127.0.0.1/", "https://127.1/", "https://127.0.1/",
        "https://2130706433/", "https://0x7f000001/", "https://0x7f.0.0.1/", "https://0x7F.1/", "https://017700000001/",
        "https://0177.0.0.1/", "https://127.0.0.01/", "https://127.000.000.001/", "https://1/", "https://0/",
        "https://0.0.0.0/", "https://0.0.0.0:PORT/", "https://10.0.0.1/", "https://10.255.255.255/",
        "https://100.64.0.1/", "https://169.254.169.254/latest/meta-data/", "https://172.16.0.1/",
        "https://172.31.255.255/", "https://192.0.0.192/", "https://192.168.1.1/", "https://198.18.0.1/",
        "https://224.0.0.1/", "https://240.0.0.1/", "https://255.255.255.255/", "https://[::1]/",
        "https://[::1]:PORT/", "https://[::]/", "https://[0:0:0:0:0:0:0:1]/", "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:7f00:1]/", "https://[::127.0.0.1]/", "https://[fc00::1]/", "https://[fd12:3456::1]/",
        "https://[fe80::1]/", "https://[fe80::1%25eth0]/", "https://[ff02::1]/", "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/", "https://[2001::1]/", "https://localhost/", "https://localhost./",
        "https://LOCALHOST:PORT/", "https://127.0.0.1./", "https://a.localhost/", "https://user@127.0.0.1/",
        "https://api.telegram.org@127.0.0.1/", "https://user:pass@example.com/", "https://@127.0.0.1/",
        "https://example.com:80@127.0.0.1:PORT/", "https://127.0.0.1:PORT\\@example.com/", "https:\\\\127.0.0.1\\",
        "https://127.0.0.1%2eexample.com/", "https://%31%32%37.0.0.1/", "https://１２７.0.0.1/",
        "https://127。0。0。1/", "https://①②⑦.⓪.⓪.①/", "https://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/", "https://127.0.0.1 /", " https://127.0.0.1/",
        "https://127.0.0.1\n/", "https://127.0.0.1\0.example.com/", "https:///127.0.0.1/", "https:127.0.0.1/",
        "//127.0.0.1/", "127.0.0.1:PORT", "file:///etc/passwd", "gopher://127.0.0.1:PORT/_x", "ftp://127.0.0.1/",
        "dict://127.0.0.1:PORT/", "ldap://127.0.0.1/", "smtp://127.0.0.1:PORT/", "telnet://127.0.0.1:PORT/",
        "data:text/plain,x", "javascript:1", "https://example.com:22/", "https://example.com:0/",
        "https://example.com:65536/", "https://example.com:-1/", "https://example..com/", "https://.example.com/",
        "https://ex_ample.com.:443/", "https://", "", "https://example.com:443:443/", "https://[::1/", "https://::1/",
    ]

    @Test(arguments: [false, true])
    func `no hostile address opens a connection`(streams: Bool) async throws {
        #expect(Self.hostile.count >= 60)
        let server = try LocalServer.http { _ in reply("200 OK") }
        let client = Client(allowing: [])
        for template in Self.hostile {
            let request = EgressRequest.test(template.replacing("PORT", with: "\(server.port)"))
            do {
                if streams {
                    _ = try await client.egress.stream(request)
                } else {
                    _ = try await client.egress.send(request)
                }
                Issue.record("\(template) was answered")
            } catch let error as EgressError {
                #expect(error.delivery == .notSent, "\(template)")
                switch error.reason {
                case .blocked, .invalidURL: break
                default: Issue.record("\(template): \(error)")
                }
            }
        }
        #expect(server.accepted == 0)
        #expect(client.log.now.count == Self.hostile.count)
        #expect(client.log.now.allSatisfy { $0.ip == nil && $0.bytesOut == 0 && $0.error != nil })
    }

    @Test(arguments: [
        ["127.0.0.1"], ["169.254.169.254"], ["[::1]"], ["10.0.0.1", "127.0.0.1"], ["[::ffff:127.0.0.1]"],
    ])
    func `a public name that resolves inside is not connected to`(addresses: [String]) async throws {
        let client = Client(allowing: [], configure: { $0.addresses = ["rebind.example.com": addresses] })
        let error = await client.failure(.test("https://rebind.example.com/"))
        #expect(error?.isBlockedAddress == true)
        #expect(error?.delivery == .notSent)
    }

    @Test func `a rebound name opens no connection`() async throws {
        let server = try LocalServer.http { _ in reply("200 OK") }
        let client = Client(
            allowing: [],
            configure: {
                $0.addresses = ["rebind.example.com": ["127.0.0.1"]]
                $0.policy = EgressPolicy(ports: [443, server.port])
            })
        let error = await client.failure(.test("https://rebind.example.com:\(server.port)/"))
        #expect(error?.reason == .blocked(.address("127.0.0.1")))
        #expect(server.accepted == 0)
    }

    @Test(arguments: [
        ("пример.рф", "xn--e1afmkfd.xn--p1ai"), ("ПРИМЕР.РФ", "xn--e1afmkfd.xn--p1ai"), ("EXAMPLE.com", "example.com"),
        ("ｅｘａｍｐｌｅ.com", "example.com"), ("қазақ.example", "xn--80aau21bd.example"),
    ])
    func `an international name is one name in ASCII`(written: String, ascii: String) async throws {
        let client = Client(allowing: [], configure: { $0.addresses = [ascii: ["10.0.0.1"]] })
        let error = await client.failure(.test("https://\(written)/"))
        #expect(error?.reason == .blocked(.address("10.0.0.1")))
        #expect(client.log.now.first?.host == ascii)
    }

    @Test func `an allowed IPv6 address is reached for`() async throws {
        let error = await Client(allowing: ["::1/128"]).failure(.test("http://[::1]:1/"))
        #expect(error == EgressError(.unreachable, .notSent))
    }

    @Test func `http and other ports stay inside the allowed network`() async throws {
        // A public address; the guard refuses before anything is sent to it.
        let client = Client(configure: { $0.addresses = ["outside.example.com": ["93.184.216.34"]] })
        let plain = await client.failure(.test("http://outside.example.com/"))
        #expect(plain?.reason == .blocked(.address("93.184.216.34")))
        let port = await client.failure(.test("https://outside.example.com:8443/"))
        #expect(port?.reason == .blocked(.address("93.184.216.34")))
    }

    @Test(arguments: [
        ("8.8.8.8", true), ("1.1.1.1", true), ("9.255.255.255", true), ("11.0.0.0", true), ("100.63.255.255", true),
        ("100.128.0.0", true), ("172.15.255.255", true), ("172.32.0.0", true), ("192.167.255.255", true),
        ("198.17.255.255", true), ("198.20.0.0", true), ("223.255.255.255", true), ("2606:4700::1111", true),
        ("2a00:1450:4001:80b::200e", true), ("::ffff:8.8.8.8", true),
        ("0.1.2.3", false), ("10.0.0.0", false), ("100.64.0.0", false), ("100.127.255.255", false),
        ("127.255.255.255", false),
        ("169.254.0.1", false), ("172.16.0.0", false), ("172.31.255.255", false), ("192.0.0.8", false),
        ("192.168.0.0", false), ("198.18.0.0", false), ("198.19.255.255", false), ("224.0.0.0", false),
        ("255.255.255.255", false), ("::", false), ("192.0.2.1", false), ("192.88.99.1", false),
        ("198.51.100.1", false), ("203.0.113.1", false),
        ("3fff::1", false), ("::1", false), ("fc00::", false), ("fdff::1", false),
        ("fe80::1", false), ("febf::1", false), ("ff02::1", false), ("64:ff9b::808:808", false),
        ("2002:808:808::", false),
        ("2001:0:1::", false), ("2001:db8::1", false), ("::ffff:10.0.0.1", false), ("::10.0.0.1", false),
        ("100::1", false),
    ])
    func `the deny table`(address: String, isPublic: Bool) throws {
        #expect(try #require(IPAddress(address)).isPublic == isPublic)
    }

    @Test func `a network contains its addresses and no others`() throws {
        let network = try #require(NetworkRange("10.0.0.0/15"))
        #expect(network.contains(try #require(IPAddress("10.1.255.255"))))
        #expect(!network.contains(try #require(IPAddress("10.2.0.0"))))
        #expect(!network.contains(try #require(IPAddress("::10.1.0.0"))))
        let all = try #require(NetworkRange("::/0"))
        #expect(all.contains(try #require(IPAddress("fe80::1"))))
        #expect(!all.contains(try #require(IPAddress("::ffff:1.2.3.4"))))
        for text in ["", "/", "10.0.0.0/33", "10.0.0.0/-1", "10/8", "::/129", "1.2.3.4/x", "a/8", "1.2.3.4/"] {
            #expect(NetworkRange(text) == nil, "\(text)")
        }
    }

    @Test func `an undeclared host is refused, unless the purpose takes any`() async throws {
        let server = try LocalServer.http { _ in reply("204 No Content") }
        let client = Client(declared: { $0 != "127.0.0.1" })
        let error = await client.failure(EgressRequest(.get, server.url, purpose: .aiProvider))
        #expect(error?.reason == .blocked(.undeclaredHost("127.0.0.1")))
        #expect(server.accepted == 0)
        #expect(client.log.now.last?.host == "127.0.0.1")
        let free = try await client.egress.send(EgressRequest(.get, server.url, purpose: .knowledgeImport))
        #expect(free.status == 204)
    }

    @Test(arguments: [
        EgressHeaders([.init("X", "a\r\nY: b")]), EgressHeaders([.init("X", "a\nb")]),
        EgressHeaders([.init("X", "a\0b")]),
        EgressHeaders([.init("X: y\r\nZ", "a")]), EgressHeaders([.init("", "a")]),
        EgressHeaders([.init("Host", "evil")]),
        EgressHeaders([.init("content-length", "5")]), EgressHeaders([.init("Transfer-Encoding", "chunked")]),
        EgressHeaders([.init("Proxy-Authorization", "x")]),
        EgressHeaders([.init("X", String(repeating: "a", count: 16_385))]),
    ])
    func `a header that would be more than one line or change the framing is refused`(headers: EgressHeaders)
        async throws
    {
        let error = await Client().failure(.test("http://127.0.0.1:9/").with { $0.headers = headers })
        #expect(error?.reason == .invalidRequest("header"))
    }
}
