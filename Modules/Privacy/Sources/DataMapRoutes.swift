import HTTPTypes
import Kernel
import WebSupport

/// `GET /api/v1/privacy/data-map`: what every column of every table holds.
struct DataMapRoutes: Sendable {
    let maps: [String: DataMap]

    struct Map: Codable {
        struct Module: Codable {
            let name: String
            let tables: [Table]
        }
        struct Table: Codable {
            let name: String
            let columns: [Column]
        }
        struct Column: Codable {
            let name: String
            /// `identifier`, `sealed`, `blindIndex`, `personal`, `secret`, `business`, `operational`.
            let holds: String
        }

        let modules: [Module]
    }

    var all: [Route] {
        [
            Route(
                .get, "/api/v1/privacy/data-map", "What every column of every table holds", access: .permission(.readPrivacy),
                scope: .none, response: .of(Map.self), handler: show)
        ]
    }

    @Sendable private func show(_ call: Call) async throws -> Reply {
        try Reply.json(
            Map(
                modules: maps.sorted { $0.key < $1.key }.map { name, map in
                    Map.Module(name: name, tables: map.sorted { $0.key < $1.key }.map(Map.Table.init))
                }))
    }
}

extension DataMapRoutes.Map.Table {
    fileprivate init(name: String, classes: [String: DataClass]) {
        self.init(
            name: name,
            columns: classes.sorted { $0.key < $1.key }.map { .init(name: $0.key, holds: $0.value.rawValue) })
    }
}
