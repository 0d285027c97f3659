import CLibPQ
import Glibc
import Kernel

/// One libpq connection with its prepared statements. Used by one thread at a time.
final class PostgresConnection {
    private var handle: OpaquePointer?
    private let parameters: PostgresURL
    private let schema: String
    /// Server-side names by statement text and value types: a NULL's type differs from its column's.
    private var prepared: [String: PreparedStatement] = [:]
    private var serial = 0
    /// A COMMIT was sent whose answer nobody has read.
    private var isEnding = false

    struct PreparedStatement {
        let name: String
        var columns: [String: Int32]?
    }

    init(_ parameters: PostgresURL, schema: String) { (self.parameters, self.schema) = (parameters, schema) }

    deinit { disconnect() }

    /// As far as this side knows.
    var isConnected: Bool { handle.map { PQstatus($0) == CONNECTION_OK } ?? false }

    /// Connects when there is no live connection. Throws `Problem.unavailable`.
    func ensureConnected() throws {
        if isConnected { return }
        disconnect()
        // 1: the "dbname" is a whole address, to be taken apart.
        let made = parameters.withOptions(schema: schema) { PQconnectdbParams($0, $1, 1) }
        guard let made, PQstatus(made) == CONNECTION_OK else {
            let reason = made.map { String(cString: PQerrorMessage($0)) } ?? "out of memory"
            if let made { PQfinish(made) }
            throw Problem.unavailable("PostgreSQL does not answer: \(reason.trimmed)")
        }
        handle = made
        PQsetNoticeProcessor(made, { _, _ in }, nil)
    }

    func disconnect() {
        if let handle { PQfinish(handle) }
        handle = nil
        isEnding = false
        prepared.removeAll()
    }

    /// Runs statements without values in one round trip.
    func run(_ text: String) throws {
        readEnding()
        let result = PQexec(handle, text)
        defer { PQclear(result) }
        try check(result)
    }

    /// Commits, and throws when PostgreSQL rolled back instead: it does so without an error once a statement has failed, even if
    /// the transaction's body caught that failure.
    func commit() throws {
        let result = PQexec(handle, "COMMIT")
        defer { PQclear(result) }
        try check(result)
        guard String(cString: PQcmdStatus(result)) == "COMMIT" else {
            throw SQLError.engine(code: "25P02", message: "a statement failed earlier in this transaction; nothing was stored")
        }
    }

    /// Ends a transaction that only read. It has nothing to lose, so nobody waits for the answer: whoever is next reads it first.
    func endReading() throws {
        guard PQsendQuery(handle, "COMMIT") == 1 else { return try run("COMMIT") }
        isEnding = true
    }

    /// After a lost connection there is an error to read instead, and the next statement meets it as well.
    private func readEnding() {
        guard isEnding else { return }
        isEnding = false
        while let result = PQgetResult(handle) { PQclear(result) }
    }

    func execute(_ sql: SQL) throws -> Int {
        let (result, _) = try send(sql)
        defer { PQclear(result) }
        return Int(String(cString: PQcmdTuples(result))) ?? 0
    }

    func each(_ sql: SQL, _ body: (any SQLRow) throws -> Void) throws {
        let (result, columns) = try send(sql)
        defer { PQclear(result) }
        let row = PostgresRow(result: result, columns: columns)
        for index in 0..<PQntuples(result) {
            row.index = index
            try body(row)
        }
    }

    private func send(_ sql: SQL) throws -> (OpaquePointer?, [String: Int32]) {
        let bound = BoundValues(sql.values)
        let key = bound.signature + sql.template
        let name = try prepared[key]?.name ?? prepare(sql.template, key, bound)
        let result = bound.withPointers { values, lengths, formats in
            PQexecPrepared(handle, name, Int32(sql.values.count), values, lengths, formats, 1)
        }
        do { try check(result) } catch {
            PQclear(result)
            throw error
        }
        if let columns = prepared[key]?.columns { return (result, columns) }
        let columns = Dictionary(
            (0..<PQnfields(result)).map { (String(cString: PQfname(result, $0)), $0) }, uniquingKeysWith: { a, _ in a })
        prepared[key]?.columns = columns
        return (result, columns)
    }

    private func prepare(_ template: String, _ key: String, _ bound: BoundValues) throws -> String {
        if prepared.count >= 500 {
            try run("DEALLOCATE ALL")
            prepared.removeAll()
        }
        var text = ""
        text.reserveCapacity(template.utf8.count + 16)
        var number = 0
        for character in template {
            if character == SQL.placeholder {
                number += 1
                text += "$\(number)"
            } else {
                text.append(character)
            }
        }
        serial += 1
        let name = "s\(serial)"
        let result = bound.types.withUnsafeBufferPointer { PQprepare(handle, name, text, Int32($0.count), $0.baseAddress) }
        defer { PQclear(result) }
        try check(result)
        prepared[key] = PreparedStatement(name: name, columns: nil)
        return name
    }

    private func check(_ result: OpaquePointer?) throws {
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: return
        default: break
        }
        let state = PQresultErrorField(result, 67).map { String(cString: $0) } ?? ""
        let message = String(cString: PQerrorMessage(handle)).trimmed
        guard PQstatus(handle) == CONNECTION_OK else {
            throw Problem.unavailable("the connection to PostgreSQL was lost: \(message)")
        }
        switch state {
        // 42P07 as well: of two that make one table at once, PostgreSQL tells the slower so, in spite of IF NOT EXISTS.
        case "23505", "23P01", "42P07": throw SQLError.notUnique(message)
        case "40001", "40P01": throw SQLError.serialization(message)
        // Starting, stopping, failed over to a read-only server, out of connections or disk.
        case "57P01", "57P02", "57P03", "25006", "53300", "53100", "53200":
            disconnect()
            throw Problem.unavailable("PostgreSQL refuses work: \(message)")
        // Another transaction held a lock for longer than we wait.
        case "55P03": throw Problem.unavailable("PostgreSQL is busy: \(message)")
        default: throw SQLError.engine(code: state, message: message)
        }
    }

    /// Waits up to `milliseconds` for notifications and returns their payloads. For the listening connection alone.
    func notifications(waiting milliseconds: Int32) throws -> [String] {
        guard let handle else { throw Problem.unavailable("not connected to PostgreSQL") }
        var descriptor = pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
        _ = poll(&descriptor, 1, milliseconds)
        guard PQconsumeInput(handle) == 1 else {
            disconnect()
            throw Problem.unavailable("the connection to PostgreSQL was lost")
        }
        var payloads: [String] = []
        while let notification = PQnotifies(handle) {
            payloads.append(String(cString: notification.pointee.extra))
            PQfreemem(notification)
        }
        return payloads
    }
}

extension String {
    fileprivate var trimmed: String {
        split(whereSeparator: \.isNewline).map(String.init).joined(separator: " ")
    }
}
