import Kernel
import Testing

@testable import CRM

struct ContactNameTests {
    @Test(arguments: [199, 200, 201, 20_000])
    func `a provider's name is cut to the limit, a person's is refused beyond it`(length: Int) throws {
        let text = String(repeating: "ж", count: length)
        #expect(ContactName(clipping: text).text.unicodeScalars.count == min(length, ContactName.limit))
        if length <= ContactName.limit {
            #expect(try ContactName(checking: text).text == text)
        } else {
            #expect(throws: Problem.self) { try ContactName(checking: text) }
        }
    }

    @Test func `F-24 combining marks count, so that one character cannot be endless`() {
        let text = "a" + String(repeating: "\u{301}", count: 10_000)
        #expect(ContactName(clipping: text).text.unicodeScalars.count == ContactName.limit)
    }

    @Test(arguments: ["", "   ", "\n\t", "\u{0}"])
    func `a blank name is refused from a person and empty from a provider`(text: String) {
        #expect(throws: Problem.invalid(field: "name", "must not be blank")) { try ContactName(checking: text) }
        #expect(ContactName(clipping: text).text == "")
    }

    @Test func `control characters and outer white space go`() throws {
        #expect(try ContactName(checking: "  Ай\u{0}гер\u{1B}ім\n ").text == "Айгерім")
    }
}
