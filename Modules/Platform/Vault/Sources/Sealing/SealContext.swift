package import Kernel

/// The place a sealed value belongs to. It opens in this table, column, row and account, and nowhere else.
///
/// Names are part of the storage format: renaming a table or column means resealing it.
package struct SealContext: Sendable {
    let associatedData: [UInt8]

    /// `row` is the row's key in any fixed byte form.
    package init(table: String, column: String, row: some Collection<UInt8>, account: AccountID) {
        self.init(table, column, account) { $0.append(row) }
    }

    package init<Row>(table: String, column: String, row: Identifier<Row>, account: AccountID) {
        self.init(table, column, account) { $0.append(row) }
    }

    private init(_ table: String, _ column: String, _ account: AccountID, row: (inout AssociatedData) -> Void) {
        var data = AssociatedData()
        data.append(table.utf8)
        data.append(column.utf8)
        row(&data)
        data.append(account)
        associatedData = data.bytes
    }
}
