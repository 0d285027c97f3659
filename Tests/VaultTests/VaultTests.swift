import Kernel
import Synchronization
import Testing
import Vault

struct VaultTests {
    let account = AccountID()
    let subject = KeyID()
    let master: MasterKey
    let store = InMemoryKeyStore()
    let vault: Vault
    var context: SealContext { SealContext(table: "crm_contact", column: "name", row: subject, account: account) }

    init() throws {
        master = try MasterKey()
        vault = try Vault(master: master, store: store)
    }

    private func opens(_ sealed: Sealed, under key: SubjectKey) -> Bool {
        (try? key.openText(sealed, as: context)) == "Айгүл"
    }

    @Test func `a restart finds the same keys`() async throws {
        let sealed = try await vault.key(for: subject, in: account).seal("Айгүл", as: context)
        let forAccount = try await vault.accountKey(account).seal("Айгүл", as: context)
        let restarted = try Vault(master: master, store: store)
        #expect(opens(sealed, under: try await restarted.key(for: subject, in: account)))
        #expect(opens(forAccount, under: try await restarted.accountKey(account)))
        #expect(!opens(sealed, under: try await restarted.accountKey(account)))
    }

    @Test func `a hundred tasks make one key`() async throws {
        let (vault, subject, account, context) = (vault, subject, account, context)
        let sealed = try await withThrowingTaskGroup(of: Sealed.self) { group in
            for _ in 0..<100 {
                group.addTask { try await vault.key(for: subject, in: account).seal("Айгүл", as: context) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let key = try await vault.key(for: subject, in: account)
        #expect(sealed.count == 100)
        #expect(sealed.allSatisfy { opens($0, under: key) })
        #expect(store.inserts == 2, "the account's key and the subject's")
    }

    @Test func `processes that race for a key agree on the winner's`() async throws {
        let others = try (0..<20).map { _ in try Vault(master: master, store: store) }
        let (subject, account, context) = (subject, account, context)
        let sealed = try await withThrowingTaskGroup(of: Sealed.self) { group in
            for other in others {
                group.addTask { try await other.key(for: subject, in: account).seal("Айгүл", as: context) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let key = try await vault.key(for: subject, in: account)
        #expect(sealed.allSatisfy { opens($0, under: key) })
    }

    @Test func `a key in use is read from the store once`() async throws {
        _ = try await vault.key(for: subject, in: account)
        let finds = store.finds
        for _ in 0..<100 { _ = try await vault.key(for: subject, in: account) }
        #expect(store.finds == finds)
        vault.forget(account)
        _ = try await vault.key(for: subject, in: account)
        #expect(store.finds == finds + 2, "the account's key and the subject's")
    }

    @Test func `many keys are looked up and made at once`() async throws {
        let known = try await vault.key(for: subject, in: account).seal("Айгүл", as: context)
        let others = Set((0..<200).map { _ in KeyID() })
        vault.forget(account)
        let (finds, inserts) = (store.finds, store.inserts)
        let keys = try await vault.keys(for: others.union([subject]), in: account)
        #expect(store.finds == finds + 2 && store.inserts == inserts + 1, "the account's key, then all of theirs")
        #expect(keys.count == 201)
        #expect(opens(known, under: try #require(keys[subject])))
        for other in others {
            let sealed = try #require(keys[other]).seal("Айгүл", as: context)
            #expect(opens(sealed, under: try await vault.key(for: other, in: account)))
        }
        _ = try await vault.keys(for: others, in: account)
        #expect(store.finds == finds + 2, "they are remembered")
    }

    @Test func `one destroyed key among many is an error`() async throws {
        try await vault.destroyKey(for: subject, in: account)
        await #expect(throws: VaultError.keyDestroyed(KeyReference(subject: subject, account: account))) {
            try await vault.keys(for: [subject, KeyID()], in: account)
        }
        await #expect(throws: VaultError.keyDestroyed(KeyReference(subject: subject, account: account))) {
            try await vault.key(forNew: subject, in: account)
        }
    }

    @Test func `the key of a new subject costs no look`() async throws {
        _ = try await vault.accountKey(account)
        let finds = store.finds
        let sealed = try await vault.key(forNew: subject, in: account).seal("Айгүл", as: context)
        #expect(store.finds == finds)
        let restarted = try Vault(master: master, store: store)
        #expect(opens(sealed, under: try await restarted.key(for: subject, in: account)))
    }

    @Test func `looking for a key makes none`() async throws {
        #expect(try await vault.existingKey(for: subject, in: account) == nil)
        #expect(store.rows.isEmpty)
        let sealed = try await vault.key(for: subject, in: account).seal("Айгүл", as: context)
        vault.forget(account)
        let found = try #require(try await vault.existingKey(for: subject, in: account))
        #expect(opens(sealed, under: found))
    }

    @Test func `looking for a key makes no account key in a damaged store`() async throws {
        _ = try await vault.key(for: subject, in: account)
        store.overwrite(KeyReference(account: account), with: nil)
        vault.forget(account)
        await #expect(throws: VaultError.keyNotUnwrapped(KeyReference(subject: subject, account: account))) {
            try await vault.existingKey(for: subject, in: account)
        }
        #expect(store.rows[KeyReference(account: account)] == nil)
    }

    @Test func `a destroyed key stays destroyed`() async throws {
        let reference = KeyReference(subject: subject, account: account)
        _ = try await vault.key(for: subject, in: account)
        #expect(try await vault.destroyKey(for: subject, in: account))
        #expect(try await !vault.destroyKey(for: subject, in: account))
        #expect(store.rows[reference] == .destroyed)
        for vault in [vault, try Vault(master: master, store: store)] {
            await #expect(throws: VaultError.keyDestroyed(reference)) { try await vault.key(for: subject, in: account) }
            await #expect(throws: VaultError.keyDestroyed(reference)) {
                try await vault.existingKey(for: subject, in: account)
            }
        }
        #expect(store.rows[reference] == .destroyed)
    }

    @Test func `a subject without a key can be barred from getting one`() async throws {
        #expect(try await !vault.destroyKey(for: subject, in: account))
        await #expect(throws: VaultError.keyDestroyed(KeyReference(subject: subject, account: account))) {
            try await vault.key(for: subject, in: account)
        }
    }

    @Test func `destroying an account's key takes its subjects along, and nobody else`() async throws {
        let other = AccountID()
        _ = try await vault.key(for: subject, in: account)
        let kept = try await vault.key(for: subject, in: other).seal("Айгүл", as: context)
        #expect(try await vault.destroyAccountKey(account))
        let destroyed = VaultError.keyDestroyed(KeyReference(account: account))
        await #expect(throws: destroyed) { try await vault.key(for: subject, in: account) }
        await #expect(throws: destroyed) { try await vault.existingKey(for: subject, in: account) }
        await #expect(throws: destroyed) { try await vault.accountKey(account) }
        await #expect(throws: destroyed) { try await vault.blindIndexer(in: account) }
        #expect(opens(kept, under: try await vault.key(for: subject, in: other)))
    }

    @Test func `a key read just before its destruction is not remembered after it`() async throws {
        let (master, subject, account) = (master, subject, account)
        let reference = KeyReference(subject: subject, account: account)
        let (reached, release) = (Gate(), Gate())
        let slow = InMemoryKeyStore { read in
            guard read == reference, !reached.isOpen else { return }
            reached.open()
            await release.wait()
        }
        let maker = try Vault(master: master, store: store)
        _ = try await maker.key(for: subject, in: account)
        for (key, row) in store.rows { slow.overwrite(key, with: row) }

        let vault = try Vault(master: master, store: slow)
        async let early = vault.key(for: subject, in: account)
        await reached.wait()
        try await vault.destroyKey(for: subject, in: account)
        await #expect(throws: VaultError.keyDestroyed(reference)) { try await vault.key(for: subject, in: account) }
        release.open()
        _ = try await early
        await #expect(throws: VaultError.keyDestroyed(reference)) { try await vault.key(for: subject, in: account) }
    }

    @Test func `another master key opens nothing and changes nothing`() async throws {
        _ = try await vault.key(for: subject, in: account)
        let rows = store.rows
        let stranger = try Vault(master: MasterKey(), store: store)
        await #expect(throws: VaultError.keyNotUnwrapped(KeyReference(account: account))) {
            try await stranger.key(for: subject, in: account)
        }
        #expect(store.rows == rows)
    }

    @Test func `a wrapped key opens under its own name only`() async throws {
        let other = KeyID()
        _ = try await vault.key(for: subject, in: account)
        _ = try await vault.key(for: other, in: account)
        let reference = KeyReference(subject: subject, account: account)
        store.overwrite(reference, with: store.rows[KeyReference(subject: other, account: account)])
        vault.forget(subject, in: account)
        await #expect(throws: VaultError.keyNotUnwrapped(reference)) { try await vault.key(for: subject, in: account) }
    }

    @Test func `a damaged wrapped key is an error whatever byte it is`() async throws {
        _ = try await vault.key(for: subject, in: account)
        let reference = KeyReference(subject: subject, account: account)
        guard case .wrapped(let bytes) = try #require(store.rows[reference]) else { throw VaultError.notAuthentic }
        for index in bytes.indices {
            var damaged = bytes
            damaged[index] ^= 1
            for row in [damaged, Array(bytes.prefix(index))] {
                store.overwrite(reference, with: .wrapped(row))
                vault.forget(subject, in: account)
                await #expect(throws: VaultError.keyNotUnwrapped(reference)) {
                    try await vault.key(for: subject, in: account)
                }
            }
        }
    }
}

/// Lets tasks wait until a test says go.
private final class Gate: Sendable {
    private let state = Mutex<(open: Bool, waiting: [CheckedContinuation<Void, Never>])>((false, []))

    var isOpen: Bool { state.withLock { $0.open } }

    func open() {
        let waiting = state.withLock { state in
            state.open = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let passes = state.withLock { state in
                if !state.open { state.waiting.append(continuation) }
                return state.open
            }
            if passes { continuation.resume() }
        }
    }
}
