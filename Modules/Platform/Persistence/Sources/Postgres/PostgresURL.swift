import Foundation
import Kernel

/// Where a PostgreSQL server is: `postgres://user:password@host:port/database?sslmode=require`, read by libpq itself.
package struct PostgresURL: Sendable, CustomStringConvertible {
    private let text: String

    /// Throws `Problem.invalid` when the text is not a PostgreSQL address.
    package init(_ text: String) throws {
        guard text.hasPrefix("postgres://") || text.hasPrefix("postgresql://"), !text.utf8.contains(0) else {
            throw Problem.invalid(field: "database", "expected postgres://user:password@host/database")
        }
        self.text = text
    }

    /// Without the password, for logs.
    package var description: String {
        guard let at = text.lastIndex(of: "@"), let scheme = text.range(of: "://"),
            let colon = text[scheme.upperBound..<at].firstIndex(of: ":")
        else { return text }
        return text[..<colon] + ":…" + text[at...]
    }

    /// The parameter arrays that `PQconnectdbParams` takes; what follows the address overrides it, what stands before
    /// is overridden. Kerberos, which libpq otherwise looks for at each connection, aborts a process that ends meanwhile.
    func withOptions<Result>(
        schema: String,
        _ body: (UnsafePointer<UnsafePointer<CChar>?>, UnsafePointer<UnsafePointer<CChar>?>) -> Result
    ) -> Result {
        let options = [
            ("gssencmode", "disable"), ("dbname", text), ("connect_timeout", "3"), ("application_name", "sevensales"),
            ("client_encoding", "UTF8"), ("keepalives_idle", "20"), ("tcp_user_timeout", "10000"),
            ("options", "-c search_path=\(schema) -c lock_timeout=5000 -c idle_in_transaction_session_timeout=30000"),
        ]
        let keys = options.map { Self.copy($0.0) }
        let values = options.map { Self.copy($0.1) }
        defer { for pointer in keys + values { pointer.deallocate() } }
        return body(keys.map { UnsafePointer($0) } + [nil], values.map { UnsafePointer($0) } + [nil])
    }

    private static func copy(_ text: String) -> UnsafeMutablePointer<CChar> {
        let bytes = text.utf8CString
        let pointer = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
        for (offset, byte) in bytes.enumerated() { pointer[offset] = byte }
        return pointer
    }
}
