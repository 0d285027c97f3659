import CLibPQ
import Kernel

/// Parameters in PostgreSQL's binary format.
struct BoundValues {
    private(set) var types: [Oid] = []
    private var bytes: [UInt8] = []
    private var ranges: [Range<Int>?] = []
    /// Distinguishes statements that differ only in which values are NULL.
    private(set) var signature = ""

    init(_ values: [SQLValue]) {
        types.reserveCapacity(values.count)
        for value in values {
            let start = bytes.count
            switch value {
            case .null:
                types.append(0)
                signature += "n"
                ranges.append(nil)
                continue
            case .integer(let value):
                types.append(20)
                withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
                signature += "i"
            case .real(let value):
                types.append(701)
                withUnsafeBytes(of: value.bitPattern.bigEndian) { bytes.append(contentsOf: $0) }
                signature += "r"
            case .text(let text):
                types.append(25)
                bytes.append(contentsOf: text.utf8)
                signature += "t"
            case .blob(let blob):
                types.append(17)
                bytes.append(contentsOf: blob)
                signature += "b"
            case .uuid(let high, let low):
                types.append(2950)
                withUnsafeBytes(of: high.bigEndian) { bytes.append(contentsOf: $0) }
                withUnsafeBytes(of: low.bigEndian) { bytes.append(contentsOf: $0) }
                signature += "u"
            }
            ranges.append(start..<bytes.count)
        }
        // An address past the last byte must stay inside the buffer even for an empty last value.
        bytes.append(0)
    }

    func withPointers<Result>(
        _ body: (UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?) -> Result
    ) -> Result {
        bytes.withUnsafeBytes { buffer in
            let values = ranges.map { range in
                range.flatMap { buffer.baseAddress?.advanced(by: $0.lowerBound).assumingMemoryBound(to: CChar.self) }
            }
            let lengths = ranges.map { Int32(clamping: $0?.count ?? 0) }
            let formats = [Int32](repeating: 1, count: ranges.count)
            return body(values, lengths, formats)
        }
    }
}

/// A row of a binary-format result.
final class PostgresRow: SQLRow {
    private let result: OpaquePointer?
    private let columns: [String: Int32]
    var index: Int32 = 0

    init(result: OpaquePointer?, columns: [String: Int32]) { (self.result, self.columns) = (result, columns) }

    func isNull(_ column: String) throws -> Bool { PQgetisnull(result, index, try field(of: column)) != 0 }

    func identifier(_ column: String) throws -> (high: UInt64, low: UInt64)? {
        let field = try field(of: column)
        guard PQgetisnull(result, index, field) == 0, let pointer = PQgetvalue(result, index, field) else { return nil }
        let bytes = UnsafeRawBufferPointer(start: pointer, count: Int(PQgetlength(result, index, field)))
        return Identifier<Never>(bytes: bytes).map { ($0.high, $0.low) }
    }

    private func field(of column: String) throws -> Int32 {
        guard let field = columns[column] else { throw SQLError.noColumn(column) }
        return field
    }

    func value(_ column: String) throws -> SQLValue {
        let field = try field(of: column)
        guard PQgetisnull(result, index, field) == 0, let pointer = PQgetvalue(result, index, field) else { return .null }
        let bytes = UnsafeRawBufferPointer(start: pointer, count: Int(PQgetlength(result, index, field)))
        switch PQftype(result, field) {
        case 16: return .integer(bytes.first == 0 ? 0 : 1)
        case 20: return .integer(Int64(truncatingIfNeeded: bigEndian(bytes)))
        case 23: return .integer(Int64(Int32(truncatingIfNeeded: bigEndian(bytes))))
        case 21: return .integer(Int64(Int16(truncatingIfNeeded: bigEndian(bytes))))
        case 700: return .real(Double(Float(bitPattern: UInt32(truncatingIfNeeded: bigEndian(bytes)))))
        case 701: return .real(Double(bitPattern: bigEndian(bytes)))
        case 17: return .blob(Array(bytes))
        case 2950:
            guard let id = Identifier<Never>(bytes: bytes) else { return .blob(Array(bytes)) }
            return .uuid(high: id.high, low: id.low)
        default: return .text(String(decoding: bytes, as: UTF8.self))
        }
    }

    private func bigEndian(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }
}
