import ObjectStorage
import Testing

struct KeyTests {
    @Test(arguments: [
        "a", "a/b", "0190c1f2-aaaa-7bbb-8ccc-123456789abc", "A.b_c-d/e.F", ".hidden", "a.", String(repeating: "x", count: 200),
        Array(repeating: "y", count: 100).joined(separator: "/"),
    ])
    func `a key is what it says`(text: String) { #expect(ObjectKey(text)?.text == text) }

    @Test(arguments: [
        "", "/", "/a", "a/", "a//b", ".", "..", "./a", "a/.", "a/./b", "../a", "a/..", "a/../b", "a..b", "...", "a b", "a\\b",
        "a\0b",
        "a\nb", "a+b", "a%2Fb", "a?b", "a#b", "é", "а", "a\u{301}", "a:b", "~", "C:\\x", "a/b\r\nX: y",
        String(repeating: "x", count: 201),
    ])
    func `a hostile key is none`(text: String) { #expect(ObjectKey(text) == nil) }

    @Test func `keys sort by their bytes`() {
        let texts = ["b", "a/b", "a", "a-b", "a.b", "a0", "B", "_"]
        #expect(texts.compactMap { ObjectKey($0) }.sorted().map(\.text) == ["B", "_", "a", "a-b", "a.b", "a/b", "a0", "b"])
    }
}
