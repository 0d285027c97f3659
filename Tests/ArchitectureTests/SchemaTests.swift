import Foundation
import Testing

/// Rules about SQL, read from the sources.
struct SchemaTests {
    static let prefixes = [
        "Audit": "audit_", "Identity": "identity_", "Billing": "billing_", "Privacy": "privacy_", "CRM": "crm_",
        "Calendar": "calendar_", "KnowledgeBase": "knowledge_", "Channels": "channels_", "Conversations": "conversations_",
        "BotEngine": "bot_",
    ]

    let graph: PackageGraph

    init() throws { graph = try PackageGraph.shared.get() }

    @Test func `every module has a prefix`() {
        #expect(Set(graph.modules.map(\.name)) == Set(Self.prefixes.keys))
        #expect(Set(Self.prefixes.values).count == Self.prefixes.count)
    }

    /// Nobody joins another module's tables.
    @Test func `a module's statements name its own tables alone`() throws {
        for module in graph.modules {
            let prefix = try #require(Self.prefixes[module.name])
            let files = try SourceTree.files(in: "Modules/\(module.name)/Sources")
            for file in files {
                let code = file.code.map(\.text).joined(separator: "\n")
                let local = Set(
                    code.matches(of: #/(?:WITH(?: RECURSIVE)?|,)\s+(\w+)(?: \([^)]*\))? AS (?:NOT )?(?:MATERIALIZED )?\(/#).map {
                        $0.1
                    })
                let named = code.matches(
                    of: #/\b(?:(?<distinct>DISTINCT )?FROM|INTO|UPDATE|JOIN|TABLE(?: IF (?:NOT )?EXISTS)?)\s+([a-z_][a-z0-9_]*)/#)
                for match in named where match.distinct == nil && !local.contains(match.2) && !match.2.hasPrefix("sqlite_") {
                    #expect(match.2.hasPrefix(prefix), "\(file.path) uses \(match.2)")
                }
            }
        }
    }

    /// Outside Persistence nobody reaches a table but through the literal that binds its values.
    @Test func `statements are literals`() throws {
        for file in try SourceTests.product() where !file.path.hasPrefix("Modules/Platform/Persistence/") {
            for line in file.code where ["SQL(", "sqlite3_", "PQexec"].contains(where: { line.text.contains($0) }) {
                #expect(
                    line.text.firstMatch(of: #/SQL\((?:stringLiteral|stringInterpolation):|sqlite3_|PQexec/#) == nil,
                    "\(file.path):\(line.number)")
            }
        }
    }

    /// The tables that a module's sources make, with their columns.
    static func tables(in files: [SourceTree.File]) -> [String: Set<String>] {
        var tables: [String: Set<String>] = [:]
        for file in files {
            for found in file.text.matches(
                of: #/CREATE (?:UNLOGGED )?TABLE (?:IF NOT EXISTS )?(\w+) \(([\s\S]*?)(?:\n\s*\)|\)"|\)\s*""")/#)
            {
                tables[String(found.1), default: []].formUnion(columns(String(found.2)))
            }
            for found in file.text.matches(of: #/ALTER TABLE (\w+) ADD COLUMN (\w+)/#) {
                tables[String(found.1), default: []].insert(String(found.2))
            }
            for found in file.text.matches(of: #/CREATE VIRTUAL TABLE (\w+) USING fts5\(([^)]*)\)/#) {
                tables[String(found.1), default: []].formUnion(
                    columns(String(found.2)).filter { !["tokenize", "content", "prefix", "detail"].contains($0) })
            }
        }
        return tables
    }

    /// The first word of each piece between the commas of the outer level, without table constraints.
    private static func columns(_ body: String) -> Set<String> {
        var (pieces, depth) = ([""], 0)
        for character in body {
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            if character == ",", depth == 0 { pieces.append("") } else { pieces[pieces.count - 1].append(character) }
        }
        return Set(pieces.compactMap { $0.firstMatch(of: #/^\s*([a-z_][a-z0-9_]*)/#).map { String($0.1) } })
    }

    /// The data map, as far as it is written down as literals.
    static func dataMap(in files: [SourceTree.File]) -> [String: Set<String>] {
        var map: [String: Set<String>] = [:]
        for file in files {
            for table in file.text.matches(of: #/"([a-z_0-9]+)": \[((?:\s*(?:\/\/[^\n]*\n\s*)?"[a-z_0-9]+": \.\w+,?)+)/#) {
                map[String(table.1), default: []].formUnion(table.2.matches(of: #/"([a-z_0-9]+)":/#).map { String($0.1) })
            }
        }
        // `"bot_turn": TurnStore.dataMap` stands for the list inside that type.
        let all = files.map(\.text).joined(separator: "\n")
        for reference in all.matches(of: #/"([a-z_0-9]+)": (\w+)\.dataMap/#) {
            guard let type = all.firstRange(of: "struct \(reference.2) ") ?? all.firstRange(of: "enum \(reference.2) "),
                let list = all[type.upperBound...].firstMatch(of: #/dataMap: \[String: DataClass\] = \[([^\]]*)\]/#)
            else { continue }
            map[String(reference.1), default: []].formUnion(list.1.matches(of: #/"([a-z_0-9]+)":/#).map { String($0.1) })
        }
        return map
    }

    /// Nobody adds a column without saying what it holds.
    @Test func `every column of every table is in its module's data map`() throws {
        var seen = 0
        for module in graph.modules {
            let files = try SourceTree.files(in: "Modules/\(module.name)/Sources")
            let tables = Self.tables(in: files)
            let map = Self.dataMap(in: files).filter { $0.key.hasPrefix(Self.prefixes[module.name] ?? "?") }
            for (table, columns) in tables {
                seen += columns.count
                #expect(
                    map[table] == columns,
                    "\(module.name): \(table) has \(columns.sorted()), the map says \((map[table] ?? []).sorted())")
            }
            #expect(Set(map.keys).isSubset(of: tables.keys), "\(module.name): \(Set(map.keys).subtracting(tables.keys).sorted())")
        }
        #expect(seen > 100, "the search finds the columns")
    }

    /// Row-level security and distribution by account both stand on it.
    @Test func `a business table begins with its account`() throws {
        /// Tables that are found before the account is known, or hold no account's data.
        let exceptions: Set = [
            "identity_account", "identity_session", "identity_link", "identity_throttle", "conversations_text",
            "conversations_index_mark",
        ]
        for module in graph.modules {
            for file in try SourceTree.files(in: "Modules/\(module.name)/Sources") {
                for found in file.text.matches(of: #/CREATE (?:UNLOGGED )?TABLE (\w+) \(\s*(\w+) (\w+)( NOT NULL| PRIMARY KEY)?/#)
                where !exceptions.contains(String(found.1)) {
                    #expect(found.2 == "account_id" && found.3 == "UUID" && found.4 != nil, "\(file.path): \(found.1)")
                }
            }
        }
    }

    /// Reasons to see every account are few and known; a new one is a decision, not a convenience.
    @Test func `the reasons for system transactions are frozen`() throws {
        let file = try #require(
            try SourceTree.files(in: "Modules/Platform/Persistence").first { $0.text.contains("enum SystemScope") })
        let body = try #require(file.text.firstMatch(of: #/enum SystemScope[^{]*\{([\s\S]*?)\n\}/#)).1
        let cases = body.matches(of: #/\n\s*case (\w+)/#).map { String($0.1) }
        #expect(cases == ["jobs", "authentication", "channelRouting", "installation", "retention", "keys", "migration"])
    }

    /// Which module opens system transactions for which reason.
    @Test func `business modules use only the reasons meant for them`() throws {
        let allowed: [String: Set<String>] = [
            "Identity": ["authentication", "installation", "retention"], "Channels": ["channelRouting", "retention"],
            "Conversations": ["jobs", "channelRouting", "retention", "installation"],
        ]
        for module in graph.modules {
            for file in try SourceTree.files(in: "Modules/\(module.name)/Sources") {
                for found in file.text.matches(of: #/(?:read|write)System\(\s*\.(\w+)/#) {
                    let reasons = allowed[module.name] ?? ["retention", "installation"]
                    #expect(reasons.contains(String(found.1)), "\(file.path): \(found.1)")
                }
            }
        }
    }
}
