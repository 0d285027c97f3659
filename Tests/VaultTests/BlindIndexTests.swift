import Kernel
import Testing
import Vault

struct BlindIndexTests {
    let vault: Vault
    let account = AccountID()

    init() throws { vault = try Vault(master: MasterKey(), store: InMemoryKeyStore()) }

    @Test func `equal values have equal indexes of 16 bytes`() async throws {
        let first = try await vault.blindIndex("+77011234567", purpose: "crm_contact.phone", in: account)
        let second = try await vault.blindIndexer(in: account).index("+77011234567", purpose: "crm_contact.phone")
        #expect(first == second)
        #expect(first.count == 16)
    }

    @Test func `values, purposes and accounts do not meet`() async throws {
        let indexer = try await vault.blindIndexer(in: account)
        let others = try await vault.blindIndexer(in: AccountID())
        let indexes = [
            indexer.index("bc", purpose: "a"), indexer.index("c", purpose: "ab"), indexer.index("bc", purpose: "b"),
            indexer.index("", purpose: "abc"), others.index("bc", purpose: "a"),
        ]
        #expect(Set(indexes).count == indexes.count)
    }

    @Test func `an index survives a restart`() async throws {
        let (master, store) = (try MasterKey(), InMemoryKeyStore())
        let before = try await Vault(master: master, store: store).blindIndex("a@b.kz", purpose: "p", in: account)
        let after = try await Vault(master: master, store: store).blindIndex("a@b.kz", purpose: "p", in: account)
        #expect(before == after)
    }
}
