import Kernel
import PluginHost
import PluginTestSupport
import Testing

/// The data-deletion and deauthorise callbacks. The signed text and its code were made by Python's hmac and base64.
struct SignedRequestTests {
    static let genuine = """
        P-KGVs3Pvjxtg69QdSewGhH5MyX5zNzmcFhJItRx0Ao.eyJ1c2VyX2lkIjoiMjE4NDcxIiwiYWxnb3JpdGhtIjoiSE1BQy1TSEEy\
        NTYiLCJpc3N1ZWRfYXQiOjE3ODE1MTA0MDB9
        """
    static let instagram = """
        nkclNzUs3mdjM92VKBFLuPfCVia5h7Jet-UY65uGqSA.eyJ1c2VyX2lkIjoiMjE4NDcxIiwiYWxnb3JpdGhtIjoiSE1BQy1TSEEy\
        NTYiLCJpc3N1ZWRfYXQiOjE3ODE1MTA0MDB9
        """

    /// A line each, and nothing at all.
    static let forged =
        [""]
            + """
            signed_request=
            signed_request=.
            signed_request=P-KGVs3Pvjxtg69QdSewGhH5MyX5zNzmcFhJItRx0Ao
            signed_request=P-KGVs3Pvjxtg69QdSewGhH5MyX5zNzmcFhJItRx0Ao.
            signed_request=.eyJ1c2VyX2lkIjoiMjE4NDcxIiwiYWxnb3JpdGhtIjoiSE1BQy1TSEEyNTYiLCJpc3N1ZWRfYXQiOjE3ODE1\
            MTA0MDB9
            P-KGVs3Pvjxtg69QdSewGhH5MyX5zNzmcFhJItRx0Ao.eyJ1c2VyX2lkIjoiMjE4NDcxIiwiYWxnb3JpdGhtIjoiSE1BQy1TSEEy\
            NTYiLCJpc3N1ZWRfYXQiOjE3ODE1MTA0MDB9
            signed_request=P-KGVs3Pvjxtg69QdSewGhH5MyX5zNzmcFhJItRx0Ao.eyJ1c2VyX2lkIjoiMjE4NDcxIiwiYWxnb3JpdGhtI\
            joiSE1BQy1TSEEyNTYiLCJpc3N1ZWRfYXQiOjE3ODE1MTA0MDB9.eyJ1c2VyX2lkIjoiMjE4NDcxIiwiYWxnb3JpdGhtIjoiSE1B\
            Qy1TSEEyNTYiLCJpc3N1ZWRfYXQiOjE3ODE1MTA0MDB9
            signed_request=PuKGVs3Pvjxtg69QdSewGhH5MyX5zNzmcFhJItRx0Ao.eyJ1c2VyX2lkIjoiMjE4NDcxIiwiYWxnb3JpdGhtI\
            joiSE1BQy1TSEEyNTYiLCJpc3N1ZWRfYXQiOjE3ODE1MTA0MDB9
            signed_request=P-KGVs3Pvjxtg69QdSewGhH5MyX5zNzmcFhJItRx0Ao.eyJ1c2VyX2lkIjoiMjE4NDcyIiwiYWxnb3JpdGhtI\
            joiSE1BQy1TSEEyNTYiLCJpc3N1ZWRfYXQiOjE3ODE1MTA0MDB9
            signed_request=P-KGVs3Pvjxtg69QdSewGhH5MyX5zNzmcFhJItRx0Ao=.eyJ1c2VyX2lkIjoiMjE4NDcxIiwiYWxnb3JpdGht\
            IjoiSE1BQy1TSEEyNTYiLCJpc3N1ZWRfYXQiOjE3ODE1MTA0MDB9
            signed_request=P-KGVs3Pvjxtg69QdSewGhH5MyX5zNzmcFhJItRx0Ap.eyJ1c2VyX2lkIjoiMjE4NDcxIiwiYWxnb3JpdGhtI\
            joiSE1BQy1TSEEyNTYiLCJpc3N1ZWRfYXQiOjE3ODE1MTA0MDB9
            signed_request=P-KGVs3Pvjxtg69QdSewGhH5MyX5zNzmcFhJItRx0A.eyJ1c2VyX2lkIjoiMjE4NDcxIiwiYWxnb3JpdGhtIj\
            oiSE1BQy1TSEEyNTYiLCJpc3N1ZWRfYXQiOjE3ODE1MTA0MDB9
            signed_request=P-KGVs3Pvjxtg69QdSewGhH5MyX5zNzmcFhJItRx0AoA.eyJ1c2VyX2lkIjoiMjE4NDcxIiwiYWxnb3JpdGht\
            IjoiSE1BQy1TSEEyNTYiLCJpc3N1ZWRfYXQiOjE3ODE1MTA0MDB9
            signed_request=M2ZlMjg2NTZjZGNmYmUzYzZkODNhZjUwNzUyN2IwMWExMWY5MzMyNWY5Y2NkY2U2NzA1ODQ5MjJkNDcxZDAwY\
            Q.eyJ1c2VyX2lkIjoiMjE4NDcxIiwiYWxnb3JpdGhtIjoiSE1BQy1TSEEyNTYiLCJpc3N1ZWRfYXQiOjE3ODE1MTA0MDB9
            signed_request=3fe28656cdcfbe3c6d83af507527b01a11f93325f9ccdce670584922d471d00a.eyJ1c2VyX2lkIjoiMjE4\
            NDcxIiwiYWxnb3JpdGhtIjoiSE1BQy1TSEEyNTYiLCJpc3N1ZWRfYXQiOjE3ODE1MTA0MDB9
            signed_request=m_RdbNbWyHq3tdknyzL9Be2MaJFP7EPOqV7Hjy7AIVY.eyJ1c2VyX2lkIjoiMjE4NDcxIiwiYWxnb3JpdGhtI\
            joiSE1BQy1TSEEyNTYiLCJpc3N1ZWRfYXQiOjE3ODE1MTA0MDB9
            signed_request=8Qb1e3iCt2wWyWGatVy739BAMcMeWx3VTgmR2RI_H3M.eyJ1c2VyX2lkIjoiMjE4NDcxIiwiYWxnb3JpdGhtI\
            joiSE1BQy1TSEEyNTYiLCJpc3N1ZWRfYXQiOjE3ODE1MTA0MDB9
            signed_request=nkclNzUs3mdjM92VKBFLuPfCVia5h7Jet-UY65uGqSA.eyJ1c2VyX2lkIjoiMjE4NDcxIiwiYWxnb3JpdGhtI\
            joiSE1BQy1TSEEyNTYiLCJpc3N1ZWRfYXQiOjE3ODE1MTA0MDB9
            signed_request=9k3_IvduU1lqqUipZGT-RPPNeLdkmUECOLV9obOpjhA.eyJ1c2VyX2lkIjoiMjE4NDcxIiwiYWxnb3JpdGhtI\
            joiSE1BQy1TSEEyNTYiLCJpc3N1ZWRfYXQiOjE3ODE1MTA0MDB9
            signed_request=6sRbafb2G5lFSL9ZFuxEh82YoL77JuBQkCuaPf5BQ3U.eyJ1c2VyX2lkIjoiMjE4NDcxIiwiYWxnb3JpdGhtI\
            joiSE1BQy1TSEEyNTYiLCJpc3N1ZWRfYXQiOjE3ODE1MTA0MDB9
            signed_request=lQFY7QUPfAZuLw7oK5TnWSQNzi8.eyJ1c2VyX2lkIjoiMjE4NDcxIiwiYWxnb3JpdGhtIjoiSE1BQy1TSEEyN\
            TYiLCJpc3N1ZWRfYXQiOjE3ODE1MTA0MDB9
            signed_request=CYpEX4wqbsMEzViw94kFRC7OU7JbzlO0H9SunTx6x_8.eyJ1c2VyX2lkIjoiMjE4NDcxIiwiYWxnb3JpdGhtI\
            joiSE1BQy1TSEEyNTYiLCJpc3N1ZWRfYXQiOjE3ODE1MTA0MDB9
            signed_request=kvboiMU2avq8yltWsVWxPuGgxB5yQowv-R8n1M9O-wI.eyJ1c2VyX2lkIjoiMjE4NDcxIiwiYWxnb3JpdGhtI\
            joiSE1BQy1TSEExIiwiaXNzdWVkX2F0IjoxNzgxNTEwNDAwfQ
            signed_request=I5e6WuFieSfnxdH-LRNAefJiDUISS7sB_7eng_sNLwE.eyJ1c2VyX2lkIjoiMjE4NDcxIiwiYWxnb3JpdGhtI\
            joibm9uZSIsImlzc3VlZF9hdCI6MTc4MTUxMDQwMH0
            signed_request=EbKhMcQRcuqKNNdV4KabDCTrbYBTgp0KmiQdTdZDbMo.eyJ1c2VyX2lkIjoiMjE4NDcxIiwiaXNzdWVkX2F0I\
            joxfQ
            signed_request=h7aa9afaCBDCgSzwhCCfpIzumwjgZGalxqGcZ694GD0.eyJ1c2VyX2lkIjoiMjE4NDcxIiwiYWxnb3JpdGhtI\
            joiaG1hYy1zaGEyNTYiLCJpc3N1ZWRfYXQiOjE3ODE1MTA0MDB9
            signed_request=0N7Ickqc44J6krebZv_Pmzm30l9jPdsBl8XmHBH9pSI.eyJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsImlzc\
            3VlZF9hdCI6MX0
            signed_request=-Nmnt-k2-qUypGV7ca9UOUSsdZfFM4B8pBIbxfvcZF8.eyJ1c2VyX2lkIjoiIiwiYWxnb3JpdGhtIjoiSE1BQ\
            y1TSEEyNTYiLCJpc3N1ZWRfYXQiOjE3ODE1MTA0MDB9
            signed_request=l6LhXw1S80F7N0hDX6kR_oI2mu-MEBAPpPCHkBDSxFI.W10
            signed_request=Rf_lNmWGpqjyW2uawMVHdyQWFUEfiZ4U7sfVYNeKqj8.ew
            signed_request=P-KGVs3Pvjxtg69QdSewGhH5MyX5zNzmcFhJItRx0Ao.eyJ1c2VyX2lkIjoiMjE4NDcxIiwiYWxnb3JpdGhtI\
            joiSE1BQy1TSEEyNTYiLCJpc3N1ZWRfYXQiOjE3ODE1MTA0MDB9&signed_request=P-KGVs3Pvjxtg69QdSewGhH5MyX5zNzmc\
            FhJItRx0Ao.eyJ1c2VyX2lkIjoiMjE4NDcxIiwiYWxnb3JpdGhtIjoiSE1BQy1TSEEyNTYiLCJpc3N1ZWRfYXQiOjE3ODE1MTA0M\
            DB9
            x=1&signed_request=P-KGVs3Pvjxtg69QdSewGhH5MyX5zNzmcFhJItRx0Ao.eyJ1c2VyX2lkIjoiMjE4NDcxIiwiYWxnb3Jpd\
            GhtIjoiSE1BQy1TSEEyNTYiLCJpc3N1ZWRfYXQiOjE3ODE1MTA0MDB9
            signed_request=P-KGVs3Pvjxtg69QdSewGhH5MyX5zNzmcFhJItRx0Ao.eyJ1c2VyX2lkIjoiMjE4NDcxIiwiYWxnb3JpdGhtI\
            joiSE1BQy1TSEEyNTYiLCJpc3N1ZWRfYXQiOjE3ODE1MTA0MDB9&x=1
            signed_request=P-KGVs3Pvjxtg69QdSewGhH5MyX5zNzmcFhJItRx0Ao.eyJ1c2VyX2lkIjoiMjE4NDcxIiwiYWxnb3JpdGhtI\
            joiSE1BQy1TSEEyNTYiLCJpc3N1ZWRfYXQiOjE3ODE1MTA0MDB9%0A
            signed_request=+P-KGVs3Pvjxtg69QdSewGhH5MyX5zNzmcFhJItRx0Ao.eyJ1c2VyX2lkIjoiMjE4NDcxIiwiYWxnb3JpdGht\
            IjoiSE1BQy1TSEEyNTYiLCJpc3N1ZWRfYXQiOjE3ODE1MTA0MDB9
            SIGNED_REQUEST=P-KGVs3Pvjxtg69QdSewGhH5MyX5zNzmcFhJItRx0Ao.eyJ1c2VyX2lkIjoiMjE4NDcxIiwiYWxnb3JpdGhtI\
            joiSE1BQy1TSEEyNTYiLCJpc3N1ZWRfYXQiOjE3ODE1MTA0MDB9
            {"signed_request":"P-KGVs3Pvjxtg69QdSewGhH5MyX5zNzmcFhJItRx0Ao.eyJ1c2VyX2lkIjoiMjE4NDcxIiwiYWxnb3Jpd\
            GhtIjoiSE1BQy1TSEEyNTYiLCJpc3N1ZWRfYXQiOjE3ODE1MTA0MDB9"}
            """.split(separator: "\n").map(String.init)

    private static func request(_ text: String, path: String = "data-deletion", method: String = "POST") -> WebhookRequest {
        WebhookRequest(method: method, path: path, body: Array(text.utf8))
    }

    @Test(arguments: Loading.allCases)
    func `a person who wants their data deleted is an erasure`(loading: Loading) async throws {
        for driver in [try loading.facebook, try loading.instagram] {
            let request = Self.request("signed_request=" + Self.genuine)
            #expect(try await driver.verify(request, in: context()) == .accepted)
            let parsed = try await driver.parse(request, in: context())
            #expect(
                parsed.events == [
                    InboundEvent(
                        id: "erasure:218471:1781510400", thread: nil, at: nil, contact: ContactIdentity(id: "218471"),
                        kind: .erasure)
                ])
            #expect(parsed.answer.contentType == "application/json")
            #expect(parsed.answer.body == #"{"url":"{{erasure.address}}","confirmation_code":"{{erasure.code}}"}"#)
        }
    }

    @Test(arguments: Loading.allCases)
    func `an app without rights asks to be connected again`(loading: Loading) async throws {
        let request = Self.request("signed_request=" + Self.genuine, path: "deauthorize")
        #expect(try await loading.facebook.verify(request, in: context()) == .accepted)
        let parsed = try await loading.facebook.parse(request, in: context())
        guard case .notice(let notice) = parsed.events.first?.kind else { throw Unexpected("no notice") }
        #expect(notice.kind == .reconnectNeeded && notice.reason.code == "deauthorized")
    }

    @Test(arguments: Loading.allCases)
    func `Instagram's own app secret signs too`(loading: Loading) async throws {
        let request = Self.request("signed_request=" + Self.instagram)
        #expect(try await loading.instagram.verify(request, in: context(.instagramLogin)) == .accepted)
        #expect(try await loading.instagram.verify(request, in: context(.instagramPage)) != .accepted)
    }

    @Test(arguments: Loading.allCases, forged)
    func `a forged request is rejected`(loading: Loading, body: String) async throws {
        for path in ["data-deletion", "deauthorize"] {
            let request = Self.request(body, path: path)
            #expect(try await loading.facebook.verify(request, in: context()) == .rejected(WebhookAnswer(status: 403)))
            await #expect(throws: PluginFault.self) { _ = try await loading.facebook.parse(request, in: context()) }
        }
    }

    @Test(arguments: Loading.allCases)
    func `other paths, methods and a delivery's signature open nothing`(loading: Loading) async throws {
        let driver = try loading.facebook
        for path in ["x", "data-deletion/", "DATA-DELETION", "../data-deletion"] {
            #expect(
                try await driver.verify(Self.request("signed_request=" + Self.genuine, path: path), in: context()) != .accepted)
        }
        for method in ["GET", "PUT", "post"] {
            let request = Self.request("signed_request=" + Self.genuine, method: method)
            #expect(try await driver.verify(request, in: context()) != .accepted)
        }
        var delivery = signed("{}")
        delivery.path = "data-deletion"
        #expect(try await driver.verify(delivery, in: context()) != .accepted)
        #expect(try await driver.verify(Self.request("signed_request=" + Self.genuine, path: ""), in: context()) != .accepted)
    }
}
