import PluginHost
import PluginTestSupport
import Testing

/// Files, places and contact cards that customers send.
struct MediaTests {
    static let signedLink = "https://s3.example/b91f07d2.ogg?X-Amz-Expires=172800&a=b"
    static let media: [(String, MessageAttachment)] = [
        (
            #"""
            "body":"T2dnUwACAAAA","type":"ptt","caption":null,"file_name":"5e0a91c3.ogg","mimetype":"audio/ogg; codecs=opus",
            "length_seconds":4,"file_link":"\#(signedLink)","file_link_expire":1791380526
            """#,
            MessageAttachment(
                kind: .voice,
                file: #"{"m":"3A71B2E84F0C9D6512AA","t":"audio/ogg; codecs=opus","u":"\#(signedLink)","x":1791380526000}"#,
                name: "5e0a91c3.ogg", mimeType: "audio/ogg; codecs=opus", duration: .seconds(4))
        ),
        (
            #""body":"/9j/4AAQ","type":"image","mimetype":"image/png","media_info":{"width":1280,"height":960,"size":98210}"#,
            MessageAttachment(
                kind: .image, file: #"{"m":"3A71B2E84F0C9D6512AA","t":"image/png"}"#, mimeType: "image/png", size: 98_210,
                width: 1_280, height: 960)
        ),
        (
            #""body":"AAAA","type":"video","media_info":{"duration":"34"}"#,
            MessageAttachment(
                kind: .video, file: #"{"m":"3A71B2E84F0C9D6512AA"}"#, mimeType: "video/mp4", duration: .seconds(34))
        ),
        (
            #""body":"AAAA","type":"video","media_info":{"is_round":true}"#,
            MessageAttachment(kind: .videoNote, file: #"{"m":"3A71B2E84F0C9D6512AA"}"#, mimeType: "video/mp4")
        ),
        (
            #""body":"JVBERi0","type":"document","title":"Счёт","mimetype":"application/pdf""#,
            MessageAttachment(
                kind: .document, file: #"{"m":"3A71B2E84F0C9D6512AA","t":"application/pdf"}"#, name: "Счёт",
                mimeType: "application/pdf")
        ),
        (
            #""body":"AAAA","type":"document","mimetype":"application/x-tgsticker""#,
            MessageAttachment(
                kind: .sticker, file: #"{"m":"3A71B2E84F0C9D6512AA","t":"application/x-tgsticker"}"#,
                mimeType: "application/x-tgsticker")
        ),
        (
            #""body":"AAAA","type":"audio","file_name":"ән.mp3","mimetype":"audio/mpeg""#,
            MessageAttachment(
                kind: .audio, file: #"{"m":"3A71B2E84F0C9D6512AA","t":"audio/mpeg"}"#, name: "ән.mp3", mimeType: "audio/mpeg")
        ),
        (
            #""body":"AAAA","type":"sticker","mimetype":"image/webp""#,
            MessageAttachment(
                kind: .sticker, file: #"{"m":"3A71B2E84F0C9D6512AA","t":"image/webp"}"#, mimeType: "image/webp")
        ),
        (
            #""body":"AAAA","type":"sticker","isGif":true"#,
            MessageAttachment(kind: .animation, file: #"{"m":"3A71B2E84F0C9D6512AA"}"#)
        ),
        (
            #""body":"{0xc0001 map[]}","type":"location","location":{"latitude":43.238949,"longitude":"76.889709","description":"Абая 1","name":"Офис"}"#,
            MessageAttachment(
                kind: .location, title: "Офис", location: Location(latitude: 43.238949, longitude: 76.889709, address: "Абая 1"))
        ),
        (
            #""body":"","type":"location","location":{"degreesLatitude":43.2,"degreesLongitude":76.8}"#,
            MessageAttachment(kind: .location, location: Location(latitude: 43.2, longitude: 76.8))
        ),
        (
            #""body":"","type":"location","location":{"latitude":143.2,"longitude":76.8}"#,
            MessageAttachment(kind: .unsupported, title: "location")
        ),
        (
            #""body":"BEGIN:VCARD","type":"vcard","contact":{"display_name":"Ерлан","phone":"8 701 555-00-22"}"#,
            MessageAttachment(kind: .contact, contact: SharedContact(phone: "+77015550022", name: "Ерлан", isOwn: false))
        ),
        (
            #""body":"BEGIN:VCARD\nVERSION:3.0\nN:;Ерлан;;;\nFN:Ерлан А.\nitem1.TEL;waid=77015550022:+7 701 555 00 22\nEND:VCARD","type":"vcard""#,
            MessageAttachment(kind: .contact, contact: SharedContact(phone: "+77015550022", name: "Ерлан А.", isOwn: false))
        ),
        (#""body":"BEGIN:VCARD\nEND:VCARD","type":"vcard""#, MessageAttachment(kind: .unsupported, title: "vcard")),
        (
            #""body":{"phone":"77015550022","name":"Е"},"type":"text""#,
            MessageAttachment(kind: .contact, contact: SharedContact(phone: "+77015550022", name: "Е", isOwn: false))
        ),
        (#""body":{"token":"a"},"type":"text""#, MessageAttachment(kind: .unsupported, title: "text")),
        (#""body":"AAAA","type":"hologram""#, MessageAttachment(kind: .unsupported, title: "hologram")),
        (#""body":"","type":"chat""#, MessageAttachment(kind: .unsupported, title: "chat")),
    ]

    @Test(arguments: Loading.allCases, media)
    func `every kind of content becomes one attachment`(loading: Loading, row: (String, MessageAttachment)) async throws {
        let message = try await loading.wappi.message(row.0)
        #expect(message.attachments == [row.1])
        #expect(message.text == nil)
    }

    @Test(arguments: Loading.allCases)
    func `a caption is the text, never the base64 of the file`(loading: Loading) async throws {
        let message = try await loading.wappi.message(
            #""body":"\#(String(repeating: "QUJD", count: 200_000))","type":"image","caption":"Такая есть?","media_info":{"grouped_id":13988}"#
        )
        #expect(message.text == "Такая есть?")
        #expect(message.album == "13988")
    }

    @Test(
        arguments: Loading.allCases,
        ["http://a/b", "https://", "https://a b/c", "https://u:p@h/c", "file:///etc/passwd", "javascript:1"])
    func `a link that is no HTTPS address is left out`(loading: Loading, link: String) async throws {
        let message = try await loading.wappi.message(#""body":"","type":"image","file_link":"\#(link)""#)
        #expect(message.attachments.first?.file == #"{"m":"3A71B2E84F0C9D6512AA"}"#)
    }
}
