import Testing

@testable import Documents

struct HTMLTests {
    private func text(_ html: String) throws -> String { try read(html).text }
    private func read(_ html: String) throws -> DocumentText { try DocumentText.extract(Array(html.utf8), name: "page.html") }

    @Test func `headings, paragraphs, lists and links become Markdown`() throws {
        let page = """
            <!DOCTYPE html><html lang=ru><head><title>Салон
              «Север»</title><style>p { color: red }</style></head>
            <body><h1>Наши   <b>диваны</b></h1><p>Делаем <a href="https://x/">под&nbsp;заказ</a>
            за 14&#160;дней.<br>Звоните!</p><ul><li>Осло<li><p>Берген</p><ol><li>серый</ol></ul><h2></h2><div>Адрес</div><div>Абая 10</div></body></html>
            """
        let document = try read(page)
        #expect(document.title == "Салон «Север»")
        #expect(
            document.text
                == "# Наши диваны\n\nДелаем под\u{A0}заказ за 14\u{A0}дней.\nЗвоните!\n\n- Осло\n- Берген\n\n  - серый\n\nАдрес\nАбая 10"
        )
    }

    @Test func `a table becomes rows with bars and its nested tables stay in their cell`() throws {
        let page = """
            <table><caption>Цены</caption><thead><tr><th>Модель<th>Цена</thead><tbody>
            <tr><td>Осло</td><td>189 000 ₸</td></tr><tr></tr><tr><td>A|B</td><td><p>1</p><p>2</p></td></tr>
            <tr><td>X<td><table><tr><td>y<td>z</table></table><p>конец
            """
        #expect(
            try text(page) == """
                Цены

                | Модель | Цена |
                | --- | --- |
                | Осло | 189 000 ₸ |
                | A/B | 1 2 |
                | X | y / z |

                конец
                """)
    }

    @Test func `a table that only lays the page out does not become a row`() throws {
        #expect(try text("<table><tr><td><h1>Салон</h1><p>Раз</p></td></tr></table>") == "# Салон\n\nРаз")
        let long = String(repeating: "слово ", count: 400)
        #expect(try text("<table><tr><td>меню<td><h1>Салон</h1><p>\(long)</table>").hasPrefix("меню\n\n# Салон\n\nслово слово"))
    }

    @Test func `what the page does not show is not read`() throws {
        let page = """
            <p>видно</p><!-- тайна --><script>тайна</script><SCRIPT src=x>тайна</script ><style>тайна</style><noscript>тайна</noscript>
            <template><p>тайна</p></template><svg><text>тайна</text></svg><p hidden>тайна <b>тайна</b></p><div aria-hidden="true">тайна</div>
            <div style="color: red; DISPLAY : none !important">тайна</div><span style='font-size:0px'>тайна</span><i style="opacity:0.0">тайна</i>
            <p style="opacity:0.5">видно</p><textarea>тайна</textarea><iframe>тайна</iframe><?php тайна ?><![CDATA[тайна]]><p title="тайна>">видно</p>
            """
        #expect(try text(page) == "видно\n\nвидно\n\nвидно")
    }

    @Test func `a broken page is read as far as there is text`() throws {
        #expect(
            try text("<p>цена < 100 & > 50 &lt;b&gt; &amp;amp; &#x1F6CB; &nosuch;") == "цена < 100 & > 50 <b> &amp; 🛋 &nosuch;")
        #expect(try text("</div></p><p>а</b></td><td>б<html><body class=x hidden>в<p") == "а\n\nбв")
        #expect(try text("<title>a<b>c</title>x").contains("x"))
        #expect(try read("<title>a<b>c</title>x").title == "a<b>c")
        #expect(try text("текст<!-- без конца") == "текст")
        #expect(try text("текст<script>без конца") == "текст")
        #expect(try text("текст<a href='без конца") == "текст")
        #expect(try text("<pre>a  b\n\n  c</pre>d") == "a  b\n\n  c\n\nd")
    }

    @Test func `a page is a page whatever it is called`() throws {
        let page = Array("\u{FEFF} <!DocType HTML><p>Диван</p>".utf8)
        #expect(try DocumentText.extract(page, name: "price.txt", contentType: "text/plain").text == "Диван")
        #expect(try DocumentText.extract(Array("a <html>".utf8), name: "price.txt").text == "a <html>")
    }

    @Test func `external entities are not looked at`() throws {
        let page = "<!DOCTYPE html [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><p>a&x;b</p>"
        #expect(try text(page) == "]>\n\na&x;b")
    }

    // MARK: Attacks

    @Test(arguments: ["div", "b", "ul", "table", "blockquote"]) func `100,000 nested tags are refused at once`(name: String) {
        let page = String(repeating: "<\(name)>", count: 100_000) + "дно"
        #expect(throws: DocumentError.tooDeep(limit: 1_000)) { try text(page) }
    }

    @Test func `a thousand levels are read`() throws {
        let page = String(repeating: "<div>", count: 1_000) + "дно" + String(repeating: "</div>", count: 1_000)
        #expect(try text(page) == "дно")
        #expect(throws: DocumentError.tooDeep(limit: 1_000)) { try text("<div>" + page) }
        let tables = String(repeating: "<table><tr><td>a<td>", count: 490) + "дно"
        #expect(try text(tables).contains("дно"))
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: [
            ("<li>a", ""), ("a=\"1\" ", "<p "), ("</b></p></li>", "<b>"), ("<li><li></li></li>", "<div>"), ("&a", ""),
            ("<!--", ""), ("<", ""),
            ("<a b=\"", ""), ("<title>", ""), ("<td>a", "<table>"), ("\n", "<pre>"),
        ])
    func `megabytes of one thing are read in time`(piece: String, start: String) {
        var page = String(repeating: start, count: start == "<p " ? 1 : 900)
        while page.utf8.count < 2 << 20 { page += piece }
        let clock = ContinuousClock()
        // Refused or read: what counts is that it ends.
        let elapsed = clock.measure { _ = try? text(page) }
        #expect(elapsed < .seconds(20), "\(elapsed)")
    }

    @Test func `a tag with a million attributes is read in time`() throws {
        var page = "<p "
        for number in 0..<300_000 { page += "a\(number)=\"x>\" " }
        page += ">текст"
        let clock = ContinuousClock()
        let start = clock.now
        #expect(try text(page) == "текст")
        #expect(start.duration(to: clock.now) < .seconds(10))
    }

    @Test func `random markup neither crashes nor hangs`() {
        var generator = Generator(state: 7)
        let parts = [
            "<", ">", "</", "<p>", "</p>", "<table>", "<tr>", "<td>", "</table>", "<li>", "<ul>", "</ul>", "<!--", "-->",
            "<script>", "</script>", "<h1>",
            "</h1>", "<pre>", "</pre>", "\n", "|", "&amp;", "&#0;", "&#xD800;", "текст", "<div hidden>", "</div>", "=\"", "'",
            " ", "<html>", "<body>",
            "<head>", "<title>", "</title>", "<br/>", "<svg/>", "<frameset>", "</body>", "</html>", "<form>", "<option>",
            "<select>", "\u{301}", "🛋",
        ]
        for _ in 0..<3_000 {
            let page = (0..<Int.random(in: 1...40, using: &generator)).map { _ in parts.randomElement(using: &generator) ?? "" }
                .joined()
            let found = try? text(page)
            #expect(found?.contains("\u{0}") != true)
        }
    }

    private struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 29)
        }
    }
}
