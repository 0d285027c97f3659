import GRDBSQLite
import Kernel

/// One compiled statement; while it is being stepped, also its current row.
final class SQLiteStatement: SQLRow {
    private let pointer: OpaquePointer
    private lazy var columns = Dictionary(
        (0..<sqlite3_column_count(pointer)).map { (String(cString: sqlite3_column_name(pointer, $0)), $0) },
        uniquingKeysWith: { first, _ in first })
    var isBusy = false

    init(_ pointer: OpaquePointer) { self.pointer = pointer }

    func step() -> Int32 { sqlite3_step(pointer) }

    func reset() {
        sqlite3_reset(pointer)
        sqlite3_clear_bindings(pointer)
    }

    func finalize() { sqlite3_finalize(pointer) }

    func bind(_ values: [SQLValue]) throws {
        for (offset, value) in values.enumerated() {
            let index = Int32(offset + 1)
            let code =
                switch value {
                case .null: sqlite3_bind_null(pointer, index)
                case .integer(let value): sqlite3_bind_int64(pointer, index, value)
                case .real(let value): sqlite3_bind_double(pointer, index, value)
                case .text(let value): bind(value, at: index)
                case .blob(let value): bind(value, at: index)
                case .uuid(let high, let low):
                    withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) {
                        sqlite3_bind_blob(pointer, index, $0.baseAddress, 16, copied)
                    }
                }
            guard code == SQLITE_OK else {
                throw SQLError.engine(code: "sqlite-\(code)", message: "cannot bind value \(index)")
            }
        }
    }

    private func bind(_ text: String, at index: Int32) -> Int32 {
        var text = text
        return text.withUTF8 { bytes in
            guard let base = bytes.baseAddress else { return sqlite3_bind_text(pointer, index, "", 0, copied) }
            return base.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
                sqlite3_bind_text(pointer, index, $0, Int32(clamping: bytes.count), copied)
            }
        }
    }

    private func bind(_ bytes: [UInt8], at index: Int32) -> Int32 {
        guard !bytes.isEmpty else { return sqlite3_bind_zeroblob(pointer, index, 0) }
        return bytes.withUnsafeBytes { sqlite3_bind_blob(pointer, index, $0.baseAddress, Int32(clamping: $0.count), copied) }
    }

    func isNull(_ column: String) throws -> Bool { sqlite3_column_type(pointer, try index(of: column)) == SQLITE_NULL }

    func identifier(_ column: String) throws -> (high: UInt64, low: UInt64)? {
        let index = try index(of: column)
        guard sqlite3_column_type(pointer, index) == SQLITE_BLOB, let bytes = sqlite3_column_blob(pointer, index) else {
            return nil
        }
        let buffer = UnsafeRawBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(pointer, index)))
        return Identifier<Never>(bytes: buffer).map { ($0.high, $0.low) }
    }

    private func index(of column: String) throws -> Int32 {
        guard let index = columns[column] else { throw SQLError.noColumn(column) }
        return index
    }

    func value(_ column: String) throws -> SQLValue {
        let index = try index(of: column)
        switch sqlite3_column_type(pointer, index) {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(pointer, index))
        case SQLITE_FLOAT: return .real(sqlite3_column_double(pointer, index))
        case SQLITE_TEXT:
            guard let text = sqlite3_column_text(pointer, index) else { return .text("") }
            let count = Int(sqlite3_column_bytes(pointer, index))
            return .text(String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self))
        case SQLITE_BLOB:
            guard let bytes = sqlite3_column_blob(pointer, index) else { return .blob([]) }
            return .blob(Array(UnsafeRawBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(pointer, index)))))
        default: return .null
        }
    }
}

/// `SQLITE_TRANSIENT`: SQLite copies the bytes before the call returns.
private var copied: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }
