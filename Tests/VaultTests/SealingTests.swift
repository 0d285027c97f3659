import Foundation
import Kernel
import Testing
import Vault

struct SealingTests {
    let account = AccountID()
    let row = ContactID()
    let key: SubjectKey
    let other: SubjectKey

    init() async throws {
        let vault = try Vault(master: MasterKey(), store: InMemoryKeyStore())
        key = try await vault.key(for: KeyID(), in: account)
        other = try await vault.key(for: KeyID(), in: account)
    }

    func place(
        table: String = "crm_contact", column: String = "name", row: ContactID? = nil, account: AccountID? = nil
    ) -> SealContext {
        SealContext(table: table, column: column, row: row ?? self.row, account: account ?? self.account)
    }

    @Test(arguments: [0, 1, 15, 16, 17, 1_024, 100_000])
    func `what was sealed opens`(count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        let sealed = try key.seal(bytes, as: place())
        #expect(sealed.stored.count == count + 29)
        #expect(try key.open(Sealed(stored: sealed.stored), as: place()) == bytes)
        #expect(try key.open(key.seal(Data(bytes), as: place()), as: place()) == bytes)
    }

    @Test(arguments: ["", "Айгүл", "👩‍👩‍👧", "line\nline\0"])
    func `text comes back as it was`(text: String) throws {
        #expect(try key.openText(key.seal(text, as: place()), as: place()) == text)
    }

    @Test func `bytes that are not UTF-8 are not read as text`() throws {
        let sealed = try key.seal([0xff, 0xfe] as [UInt8], as: place())
        #expect(throws: VaultError.notText) { try key.openText(sealed, as: place()) }
    }

    @Test func `bytes that are not contiguous are sealed too`() throws {
        let reversed = [1, 2, 3].map(UInt8.init).lazy.reversed().map { $0 }
        #expect(try key.open(key.seal(reversed, as: place()), as: place()) == [3, 2, 1])
    }

    @Test func `sealing twice gives different bytes`() throws {
        let stored = try (0..<1_000).map { _ in try key.seal("same", as: place()).stored }
        #expect(Set(stored).count == 1_000)
        #expect(Set(stored.map { $0[1..<13] }).count == 1_000, "nonces")
    }

    @Test func `of a hundred rows, none opens in another's place`() throws {
        let rows = (0..<100).map { _ in ContactID() }
        let sealed = try rows.map { try key.seal("token", as: place(row: $0)) }
        for index in rows.indices {
            #expect(try key.openText(sealed[index], as: place(row: rows[index])) == "token")
            let swapped = sealed[(index + 1) % rows.count]
            #expect(throws: VaultError.notAuthentic) { try key.open(swapped, as: place(row: rows[index])) }
        }
    }

    @Test func `nothing opens in another table, column or account`() throws {
        let sealed = try key.seal("name", as: place())
        let places = [place(table: "crm_deal"), place(column: "note"), place(account: AccountID())]
        for elsewhere in places + [place(table: "crm_contactn", column: "ame"), place(table: "", column: "")] {
            #expect(throws: VaultError.notAuthentic) { try key.open(sealed, as: elsewhere) }
        }
    }

    @Test func `a row's id may be given as bytes`() throws {
        let asBytes = SealContext(table: "crm_contact", column: "name", row: row.bytes, account: account)
        #expect(try key.openText(key.seal("name", as: place()), as: asBytes) == "name")
    }

    @Test func `another subject's key opens nothing`() throws {
        let sealed = try key.seal("name", as: place())
        #expect(throws: VaultError.notAuthentic) { try other.open(sealed, as: place()) }
    }

    @Test func `no truncation and no extension opens`() throws {
        let stored = try key.seal("a name of some length", as: place()).stored
        for count in 0..<stored.count {
            #expect(throws: VaultError.notAuthentic) {
                try key.open(Sealed(stored: Array(stored.prefix(count))), as: place())
            }
        }
        #expect(throws: VaultError.notAuthentic) { try key.open(Sealed(stored: stored + [0]), as: place()) }
    }

    @Test func `no flipped bit opens`() throws {
        let stored = try key.seal("a name of some length", as: place()).stored
        for bit in 0..<(stored.count * 8) {
            var changed = stored
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: VaultError.notAuthentic) { try key.open(Sealed(stored: changed), as: place()) }
        }
    }
}
