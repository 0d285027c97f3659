import Foundation
import HTTPTypes
import Kernel

/// Every route of the installation, in one list: the router, the API document and the security tests are made from it.
package struct RouteInventory: Sendable {
    package private(set) var routes: [Route] = []

    package init() {}

    /// Two routes of the same method and path are a programming error.
    package mutating func add(_ more: [Route]) {
        for route in more {
            precondition(
                !routes.contains { $0.method == route.method && $0.path == route.path }, "\(route.method) \(route.path) twice")
            routes.append(route)
        }
    }

    /// OpenAPI 3.1 of the routes under `/api/v1` and the public web-chat routes.
    package func openAPI(version: String) throws -> [UInt8] {
        var paths: [String: [String: JSONDocument]] = [:]
        for route in routes where route.path.hasPrefix("/api/") || route.path.hasPrefix("/webchat/") {
            paths[route.path, default: [:]][route.method.rawValue.lowercased()] = operation(route)
        }
        let document: JSONDocument = [
            "openapi": "3.1.0",
            "info": ["title": "SevenSales", "version": .string(version)],
            "paths": .object(paths.mapValues { .object($0) }),
            "components": [
                "securitySchemes": [
                    "session": ["type": "apiKey", "in": "cookie", "name": .string(SessionCookie.secureName)],
                    "key": ["type": "http", "scheme": "bearer"],
                ],
                "schemas": ["Problem": problemSchema],
            ],
        ]
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(document))
    }

    private func operation(_ route: Route) -> JSONDocument {
        var parameters = route.path.split(separator: "/").filter { $0.hasPrefix("{") }.map { part -> JSONDocument in
            [
                "name": .string(String(part.dropFirst().dropLast())), "in": "path", "required": .boolean(true),
                "schema": ["type": "string"],
            ]
        }
        if Idempotency.applies(to: route) {
            parameters.append([
                "name": .string(Idempotency.header), "in": "header", "required": .boolean(false), "schema": ["type": "string"],
                "description": "Any text of one's own; the same request with the same key within a day is done once.",
            ])
        }
        var success: [String: JSONDocument] = ["description": "Success"]
        if let schema = route.responseSchema { success["content"] = ["application/json": ["schema": schema.document]] }
        var operation: [String: JSONDocument] = [
            "summary": .string(route.summary), "parameters": .array(parameters),
            "responses": [
                "2XX": .object(success),
                "default": [
                    "description": "A problem",
                    "content": ["application/problem+json": ["schema": ["$ref": "#/components/schemas/Problem"]]],
                ],
            ],
            "security": security(route.access),
        ]
        if case .permission(let permission) = route.access { operation["x-permission"] = .string(permission.rawValue) }
        if let schema = route.requestSchema {
            operation["requestBody"] = ["required": .boolean(true), "content": ["application/json": ["schema": schema.document]]]
        }
        return .object(operation)
    }

    private func security(_ access: Route.Access) -> JSONDocument {
        switch access {
        case .open: []
        case .ownCredential: [["key": []]]
        case .member, .permission: [["session": []], ["key": []]]
        }
    }

    private var problemSchema: JSONDocument {
        Schema.object([
            ("type", .string, true), ("title", .string, true), ("status", .integer, true), ("code", .string, true),
            ("detail", .string, true), ("request_id", .string, true),
            ("errors", .array(.object([("field", .string, true), ("code", .string, true), ("detail", .string, true)])), false),
        ]).document
    }
}
