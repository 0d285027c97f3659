import Testing

@testable import Channels

struct PageMarkupTests {
    private func scripts(_ html: String) -> [PageMarkup.Attributes] { PageMarkup(Array(html.utf8)).scripts }

    private func sources(_ html: String) -> [String] { scripts(html).map { $0["src"] ?? "" } }

    @Test(arguments: [
        #"<script src="https://a.example/widget.js" data-key="wk_1" async></script>"#,
        #"<SCRIPT SRC='https://a.example/widget.js' DATA-KEY='wk_1'>"#,
        "<script data-key=wk_1 src=https://a.example/widget.js>",
        "<script\n\tsrc = \"https://a.example/widget.js\"\n data-key = 'wk_1'/>",
        #"<script src="https://other.example/widget.js" src="x" data-key=wk_1>"#.replacing("other", with: "a"),
        #"<script src="https:&#x2F;&#47;a.example/widget.js" data-key="wk&#95;1">"#,
        #"<p title="a > b"><script src="https://a.example/widget.js" data-key="wk_1">"#,
        #"<!-- x --><!--><!---><!doctype html><script src="https://a.example/widget.js" data-key="wk_1">"#,
    ])
    func `a script element is read as browsers read it`(html: String) {
        #expect(scripts(html).map { [$0["src"], $0["data-key"]] } == [["https://a.example/widget.js", "wk_1"]])
    }

    @Test(arguments: [
        #"<!-- <script src="a"></script> -->"#, #"<!-- > <script src="a"> --"#,
        #"<textarea><script src="a"></script></textarea>"#,
        #"<title><script src="a"></script></title>"#, #"<noscript><script src="a"></script></noscript>"#,
        #"<template><script src="a"></script></template>"#, #"<style>/*<script src="a">*/</style>"#,
        #"&lt;script src="a"&gt;"#, #"<p title='<script src="a">'>"#, #"<scripts src="a">"#, "<", "<script", "",
        #"<plaintext><script src="a">"#, #"< script src="a">"#, #"<iframe><script src="a"></iframe>"#,
    ])
    func `what a browser does not run is not found`(html: String) { #expect(!sources(html).contains("a")) }

    @Test func `a script's own text hides nothing that follows`() {
        let html = #"<script>document.write('<script src="x">');if(a</b/)c</script><script src="b"></ script>"#
        #expect(sources(html) == ["", "b"])
        #expect(sources(#"<script></scripty><script src="a"></SCRIPT ><script src="b">"#) == ["", "b"])
    }

    @Test func `policies of meta elements are read`() {
        let html =
            #"<meta http-equiv="Content-Security-Policy" content="script-src &#39;self&#39;"><META HTTP-EQUIV=content-security-policy CONTENT=x>"#
        #expect(PageMarkup(Array(html.utf8)).policies == ["script-src 'self'", "x"])
        #expect(PageMarkup(Array(#"<meta name="Content-Security-Policy" content="x">"#.utf8)).policies.isEmpty)
    }

    /// Every prefix of a page, and bytes that are no text at all.
    @Test func `no bytes bring it down`() {
        let page = Array(
            #"<!--a--><p a='b' c=d e/ =f><script src="x&#x110000;&#;&amp" data-key></script><meta http-equiv=x>&"#.utf8)
        for count in 0...page.count { _ = PageMarkup(Array(page.prefix(count))) }
        var seed: UInt64 = 7
        let alphabet = Array("<>/=\"'!-&#;x script\u{0}\n".utf8) + [0xFF, 0x80]
        for _ in 0..<2_000 {
            let bytes = (0..<80).map { _ -> UInt8 in
                seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return alphabet[Int(seed >> 33) % alphabet.count]
            }
            _ = PageMarkup(bytes)
        }
    }

    @Test(.timeLimit(.minutes(1))) func `a page made to be slow is not`() {
        for piece in [
            "<", "<!--", "<script ", "</script", "<a b=\"", "&", "<script></scrip", "=",
            "<meta http-equiv=content-security-policy content=x>",
        ] {
            let bytes = Array(String(repeating: piece, count: InstallationCheck.mostBytes / 8 / piece.utf8.count).utf8)
            let markup = PageMarkup(bytes)
            #expect(markup.scripts.count <= 1_000 && markup.policies.count <= 50)
        }
    }
}
