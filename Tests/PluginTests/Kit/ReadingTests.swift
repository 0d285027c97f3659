import ChannelKit
import Testing

/// What providers write, in all the ways they write it.
struct ReadingTests {
    @Test(arguments: [
        // The examples of RFC 3339, section 5.8, and ISO 8601 as Meta and Wappi write it.
        ("1985-04-12T23:20:50.52Z", 482_196_050_520), ("1996-12-19T16:39:57-08:00", 851_042_397_000),
        ("1990-12-31T23:59:60Z", 662_688_000_000), ("1990-12-31T15:59:60-08:00", 662_688_000_000),
        ("1970-01-01T00:00:00Z", 0), ("2026-06-15T08:00:00+0000", 1_781_510_400_000), ("2026-06-15 08:00:00", 1_781_510_400_000),
        ("2026-06-15T13:00:00.123456789+05:00", 1_781_510_400_123), ("2024-02-29T00:00:00Z", 1_709_164_800_000),
        ("2100-03-01T00:00:00Z", 4_107_542_400_000), ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
    ])
    func `a moment of RFC 3339 is read`(text: String, milliseconds: Int64) {
        #expect(Timestamp.ofRFC3339(text) == milliseconds)
        #expect(Timestamp.milliseconds(.string(text)) == milliseconds)
    }

    @Test(arguments: [
        "", "2026-06-15", "2026-13-15T00:00:00Z", "2026-00-15T00:00:00Z", "2026-06-32T00:00:00Z", "2026-06-15T24:00:00Z",
        "2026-06-15T00:60:00Z", "2026-06-15T00:00:61Z", "2026-06-15T00:00:00Zx", "2026-06-15T00:00:00+3",
        "2026-06-15T00:00:00+99:00",
        "1969-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "1970-01-01T00:00:00+01:00", "２026-06-15T00:00:00Z",
        "2026-06-15T00:00:00 Z",
    ])
    func `no moment, and none before 1970, is unknown`(text: String) { #expect(Timestamp.milliseconds(.string(text)) == nil) }

    @Test(
        arguments: [
            (1_781_510_400, 1_781_510_400_000), (1_781_510_400_233, 1_781_510_400_233), ("1781510400", 1_781_510_400_000),
            ("1781510400233", 1_781_510_400_233), (1_781_510_400.5, 1_781_510_400_500), ("1781510400.25", 1_781_510_400_250),
            (100_000_000_000, 100_000_000_000_000), (100_000_000_001, 100_000_000_001), (.int(.max), .max), (1, 1_000),
            (0, nil), (-1, nil), ("0", nil), (.int(.min), nil), (1e300, nil), ("1e300", nil), ("nan", nil), ("inf", nil),
            (true, nil),
            (.null, nil), ([], nil), ([:], nil), ("вчера", nil),
        ] as [(JSON, Int64?)])
    func `unix time is read in seconds and milliseconds`(value: JSON, milliseconds: Int64?) {
        #expect(Timestamp.milliseconds(value) == milliseconds)
    }

    @Test func `arithmetic ends at the ends`() {
        let (most, least) = (Int64.max, Int64.min)
        #expect(most.saturatingAdding(1) == most && least.saturatingAdding(-1) == least && Int64(2).saturatingAdding(-3) == -1)
        #expect(least.saturatingSubtracting(1) == least && most.saturatingSubtracting(-1) == most)
        #expect(Int64(0).saturatingSubtracting(least) == most && Int64(2).saturatingSubtracting(3) == -1)
        #expect(most.saturatingMultiplied(by: 2) == most && least.saturatingMultiplied(by: 2) == least)
        #expect(most.saturatingMultiplied(by: -2) == least && least.saturatingMultiplied(by: -1) == most)
        #expect(
            Milliseconds.ofSeconds(-5) == -5_000 && Milliseconds.ofSeconds(least) == least && Milliseconds.ofSeconds(most) == most
        )
    }

    @Test(arguments: [Int.min, -1, 3, .max]) func `there is nothing beyond a list's ends`(index: Int) {
        #expect([1, 2, 3].element(at: index) == nil)
        #expect([1, 2, 3].element(at: 2) == 3 && [Int]().element(at: 0) == nil)
    }

    @Test func `values are read in every form that means the same`() {
        let (text, number): (JSON, JSON) = ("7", 7)
        #expect(text.wholeNumber == 7 && number.wholeNumber == 7 && text.number == 7 && number.number == 7)
        #expect(text.identifier(upTo: 9) == "7" && number.identifier(upTo: 9) == "7" && number.scalarText == "7")
        #expect(JSON.string("7.5").number == 7.5 && JSON.double(7.5).wholeNumber == nil && JSON.string("nan").number == nil)
        #expect(JSON.string("").identifier(upTo: 9) == nil && JSON.string("1234567890").identifier(upTo: 9) == nil)
        #expect(
            JSON.string("").words() == nil && JSON.string("ы").words(upTo: 1) == nil && JSON.string("ы").words(upTo: 2) == "ы")
        #expect(JSON.int(-1).natural == nil && JSON.int(0).natural == 0 && text.natural == nil)
        #expect(JSON.int(.max).index == .max && JSON.int(-1).index == nil)
        #expect((["a", 1, nil, "b"] as [JSON?]).compactMap(\.self).count == 3)
        #expect(JSON.array(["a", 1, .null, "b"]).texts == ["a", "b"] && JSON.null.texts.isEmpty)
    }

    @Test func `empty notes are not written`() {
        var object = JSON.Object()
        object.add("a", texts: [])
        object.add("b", flag: false)
        #expect(object.members.isEmpty)
        object.add("a", texts: ["x"])
        object.add("b", flag: true)
        #expect(JSON.object(object) == ["a": ["x"], "b": true])
    }

    @Test func `a card's lines are found behind groups and parameters`() {
        let card = VCard("BEGIN:VCARD\r\nFN:\r\nitem1.FN:Айгуль\r\nitem1.TEL;TYPE=cell:+7 701\r\ntel:8:9\nFN:b\nX\n:\nTEL")
        #expect(card.name == "Айгуль")
        #expect(card.phones == ["+7 701", "8:9"])
        #expect(VCard("").phones.isEmpty && VCard("").name == nil)
    }
}
