import CoreMetrics
import Foundation
import HTTPTypes
import Kernel
import TestSupport
import Testing

@testable import WebSupport

struct DocumentTests {
    private func document() throws -> [String: Any] {
        var inventory = RouteInventory()
        inventory.add(SampleRoutes.all)
        return try #require(try JSONSerialization.jsonObject(with: Data(inventory.openAPI(version: "1.2.3"))) as? [String: Any])
    }

    @Test func `the API document names every route of the API and no other`() throws {
        let document = try document()
        #expect(document["openapi"] as? String == "3.1.0")
        #expect((document["info"] as? [String: Any])?["version"] as? String == "1.2.3")
        let paths = try #require(document["paths"] as? [String: [String: Any]])
        let listed = Set(paths.flatMap { path, methods in methods.keys.map { "\($0) \(path)" } })
        let expected = Set(
            SampleRoutes.all.filter { $0.path.hasPrefix("/api/") }.map { "\($0.method.rawValue.lowercased()) \($0.path)" })
        #expect(listed == expected)
    }

    @Test func `an operation says its parameters, body, answer and who may`() throws {
        let paths = try #require(try document()["paths"] as? [String: [String: [String: Any]]])
        let thing = try #require(paths["/api/v1/things/{id}"]?["get"])
        let parameters = try #require(thing["parameters"] as? [[String: Any]])
        #expect(parameters.map { $0["name"] as? String } == ["id"])
        #expect((thing["security"] as? [Any])?.count == 2)
        #expect((paths["/api/v1/open"]?["get"]?["security"] as? [Any])?.count == 0)
        #expect(paths["/api/v1/audit"]?["get"]?["x-permission"] as? String == "audit.read")
        let note = try #require(paths["/api/v1/notes"]?["post"])
        let schema = try schema(note["requestBody"])
        let properties = try #require(schema["properties"] as? [String: [String: Any]])
        #expect(properties.mapValues { $0["type"] as? String } == ["note_text": "string", "count": "integer"])
        #expect(schema["required"] as? [String] == ["note_text"])
    }

    private func schema(_ body: Any?) throws -> [String: Any] {
        let content = try #require((body as? [String: Any])?["content"] as? [String: Any])
        return try #require((content["application/json"] as? [String: Any])?["schema"] as? [String: Any])
    }

    struct Everything: Codable {
        struct Inner: Codable { let isDone: Bool }
        let publicURL: String
        let userID: UserID
        let createdAt: Instant
        let language: Language
        let price: Double
        let list: [Inner]
        let names: [String]
        let table: [String: Int]?
        let inner: Inner
        let next: String?
    }

    @Test func `a schema is what the type decodes, in the names that are sent`() throws {
        guard case .object(let fields) = Schema.of(Everything.self) else { return #expect(Bool(false), "not an object") }
        let document =
            try JSONSerialization.jsonObject(with: JSONEncoder().encode(Schema.of(Everything.self).document)) as? [String: Any]
        let properties = try #require(document?["properties"] as? [String: [String: Any]])
        #expect(
            properties.mapValues { $0["type"] as? String } == [
                "public_url": "string", "user_id": "string", "created_at": "string", "language": "string", "price": "number",
                "list": "array",
                "names": "array", "table": "object", "inner": "object", "next": "string",
            ])
        #expect((properties["list"]?["items"] as? [String: Any])?["type"] as? String == "object")
        #expect((properties["names"]?["items"] as? [String: Any])?["type"] as? String == "string")
        #expect(fields.filter { !$0.required }.map(\.name).sorted() == ["next", "table"])
    }

    @Test(arguments: [
        "name", "accountName", "publicURL", "userID", "urlPath", "aB", "aBC", "x1Y2", "isOK",
    ])
    func `names become what JSONEncoder makes of them`(name: String) throws {
        struct Key: CodingKey {
            let stringValue: String
            let intValue: Int? = nil
            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }
        struct One: Encodable {
            let key: Key
            func encode(to encoder: any Encoder) throws {
                var container = encoder.container(keyedBy: Key.self)
                try container.encode(0, forKey: key)
            }
        }
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        let text = String(decoding: try encoder.encode(One(key: Key(stringValue: name))), as: UTF8.self)
        #expect(text == "{\"\(name.snakeCased)\":0}")
    }

    @Test func `metrics are in the Prometheus text format`() {
        let registry = MetricsRegistry()
        registry.makeCounter(label: "requests_total", dimensions: [("path", "a\"b\\c\nd")]).increment(by: 2)
        registry.makeCounter(label: "requests_total", dimensions: [("path", "a\"b\\c\nd")]).increment(by: 1)
        registry.makeRecorder(label: "depth", dimensions: [], aggregate: false).record(Double.infinity)
        registry.makeTimer(label: "seconds", dimensions: []).recordNanoseconds(1_500_000_000)
        let lines = registry.text().split(separator: "\n").map(String.init)
        #expect(lines.contains(#"requests_total{path="a\"b\\c d"} 3"#))
        #expect(lines.contains("seconds_sum 1.5"))
        #expect(lines.contains("seconds_count 1"))
        #expect(lines.count == 4)
    }
}
