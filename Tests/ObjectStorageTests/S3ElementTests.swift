import Testing

@testable import ObjectStorage

struct S3ElementTests {
    @Test func `an answer is read with its references, and attributes are passed over`() throws {
        let text = """
            <?xml version="1.0" encoding="UTF-8"?>

            <!-- <a> --><s3:List xmlns:s3="http://x/>" a='"'>
              <Key> a&amp;b&#x41;&#66;&quot;&unknown;&; </Key><Empty/><Empty a="1" />
              <Contents><Key>1</Key></Contents><Contents><Key><![CDATA[<2>]]></Key></Contents>
            </s3:List>

            """
        let root = try #require(S3Element(Array(text.utf8)))
        #expect(root.name == "List" && root["Key"] == "a&bAB\"&unknown;&;" && root["Empty"] == "" && root["None"] == nil)
        #expect(root.all("Contents").map { $0["Key"] } == ["1", "<2>"])
    }

    @Test(arguments: [
        "", "text", "<a>", "</a>", "<a></b>", "<a><b></a></b>", "<a/><b/>", "<a></a></a>", "<", "<a", "<>", "</>",
        "<!DOCTYPE a><a/>",
        "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>", "<a><![CDATA[x</a>", "<!-- <a/>", "<?xml", "<a b='></a>",
        "<![CDATA[x]]><a/>",
        String(repeating: "<a>", count: 100_000), String(repeating: "<a>", count: 17) + String(repeating: "</a>", count: 17),
    ])
    func `what is not one well-nested element is nothing`(text: String) { #expect(S3Element(Array(text.utf8)) == nil) }

    @Test func `a long answer that is nearly XML takes no time`() {
        let pieces = ["<!--", "<![CDATA[", "<a b=\"", "&#x", "<a/>", "&", "<?"]
        let clock = ContinuousClock()
        for piece in pieces {
            let bytes = Array("<r>".utf8) + Array(String(repeating: piece, count: 300_000 / piece.utf8.count).utf8)
            #expect(clock.measure { _ = S3Element(bytes) } < .seconds(10), "\(piece)")
        }
    }
}
