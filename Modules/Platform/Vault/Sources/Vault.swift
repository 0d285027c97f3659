package import Kernel

/// The way to every key of the installation: master key → account key → subject key.
///
/// Keys are made on first use, kept wrapped in the key store and unwrapped in memory. Of concurrent callers one does
/// the work. Methods throw what the store throws, `keyDestroyed` for a destroyed key and `keyNotUnwrapped` under a
/// wrong master key.
///
/// Other processes cache too: whoever learns that a key was destroyed elsewhere calls `forget` here.
package final class Vault: Sendable {
    private typealias SubjectCache = KeyCache<KeyReference, SubjectKey>
    private typealias AccountCache = KeyCache<AccountID, AccountKeys>
    /// A load shares only the loads begun since the last removal: it can never bring a key back that was destroyed
    /// meanwhile.
    private struct Load<Key: Hashable & Sendable, Epoch: Hashable & Sendable>: Hashable, Sendable {
        let key: Key
        let epoch: Epoch
    }

    private let wrapping: KeyWrapping
    private let store: any WrappedKeyStore
    private let subjects: SubjectCache
    private let accounts: AccountCache
    private let subjectLoads = SingleFlight<Load<KeyReference, SubjectCache.Epoch>, SubjectKey>()
    private let accountLoads = SingleFlight<Load<AccountID, AccountCache.Epoch>, AccountKeys>()

    /// `cachedKeys` bounds the unwrapped keys in memory, at about 250 bytes each.
    package init(master: MasterKey, store: any WrappedKeyStore, cachedKeys: Int = 100_000) throws {
        wrapping = try KeyWrapping(root: master.material)
        self.store = store
        subjects = KeyCache(capacity: cachedKeys)
        accounts = KeyCache(capacity: max(2, cachedKeys / 10))
    }

    /// The key of `subject`, made if there is none yet.
    package func key(for subject: KeyID, in account: AccountID) async throws -> SubjectKey {
        let reference = KeyReference(subject: subject, account: account)
        if let key = subjects.value(for: reference) { return key }
        let epoch = subjects.epoch
        return try await subjectLoads.run(Load(key: reference, epoch: epoch)) {
            let key = try await self.loadOrCreate(reference, under: self.keys(of: account).wrapping)
            return try self.remember(key, as: reference, loadedIn: epoch)
        }
    }

    /// The keys of `subjects`, made where there are none yet: one look into the store and one write for all of them.
    ///
    /// Throws `keyDestroyed` when one of them was destroyed.
    package func keys(for subjects: Set<KeyID>, in account: AccountID) async throws -> [KeyID: SubjectKey] {
        var found: [KeyID: SubjectKey] = [:]
        var missing: [KeyReference] = []
        for subject in subjects {
            let reference = KeyReference(subject: subject, account: account)
            if let key = self.subjects.value(for: reference) { found[subject] = key } else { missing.append(reference) }
        }
        guard !missing.isEmpty else { return found }
        let epoch = self.subjects.epoch
        let wrapping = try await keys(of: account).wrapping
        var stored = try await store.find(missing)
        stored.merge(try await create(missing.filter { stored[$0] == nil }, under: wrapping)) { first, _ in first }
        for (reference, row) in stored {
            let root = try unwrap(row, as: reference, under: wrapping)
            found[reference.id] = try remember(root, as: reference, loadedIn: epoch)
        }
        return found
    }

    /// The key of a subject whose id was just made up: the store is not asked first whether there is one.
    package func key(forNew subject: KeyID, in account: AccountID) async throws -> SubjectKey {
        let reference = KeyReference(subject: subject, account: account)
        if let key = subjects.value(for: reference) { return key }
        let epoch = subjects.epoch
        let wrapping = try await keys(of: account).wrapping
        let root = try await create(reference, under: wrapping)
        return try remember(root, as: reference, loadedIn: epoch)
    }

    /// The key of `subject`, or nil when nothing was ever sealed with one. Makes nothing.
    package func existingKey(for subject: KeyID, in account: AccountID) async throws -> SubjectKey? {
        let reference = KeyReference(subject: subject, account: account)
        if let key = subjects.value(for: reference) { return key }
        let epoch = subjects.epoch
        guard let stored = try await store.find(reference) else { return nil }
        // A subject's key without its account's is a damaged store. A new account key would only hinder its repair.
        guard let keys = try await existingKeys(of: account) else { throw VaultError.keyNotUnwrapped(reference) }
        return try remember(try unwrap(stored, as: reference, under: keys.wrapping), as: reference, loadedIn: epoch)
    }

    /// The key for what belongs to the account and to no person: channel secrets, settings. Made if there is none yet.
    package func accountKey(_ account: AccountID) async throws -> SubjectKey {
        try await keys(of: account).sealing
    }

    /// Makes everything ever sealed for `subject` unreadable, here and in every backup of the data. Cannot be undone.
    ///
    /// Returns whether there was a key; without one, none can be made afterwards either. Idempotent: call again after
    /// an error.
    @discardableResult
    package func destroyKey(for subject: KeyID, in account: AccountID) async throws -> Bool {
        defer { forget(subject, in: account) }
        return try await store.destroy(KeyReference(subject: subject, account: account))
    }

    /// Makes everything ever sealed in `account` unreadable, the keys of its subjects included. Otherwise as
    /// `destroyKey`.
    @discardableResult
    package func destroyAccountKey(_ account: AccountID) async throws -> Bool {
        defer { forget(account) }
        return try await store.destroy(KeyReference(account: account))
    }

    /// Drops the subject's key from memory; the next use asks the store.
    package func forget(_ subject: KeyID, in account: AccountID) {
        subjects.remove(KeyReference(subject: subject, account: account))
    }

    /// Drops every key of the account from memory; the next use asks the store. With a full cache this takes tens of
    /// milliseconds.
    package func forget(_ account: AccountID) {
        // The account first: a subject's load that began in between must find it gone.
        accounts.remove(account)
        subjects.removeAll { $0.account == account }
    }

    /// The equality index of `value` in a column; see `BlindIndexer.index`.
    package func blindIndex(_ value: String, purpose: String, in account: AccountID) async throws -> [UInt8] {
        try await blindIndexer(in: account).index(value, purpose: purpose)
    }

    /// The account's indexer, for many values without an `await` each.
    package func blindIndexer(in account: AccountID) async throws -> BlindIndexer {
        try await keys(of: account).index
    }

    private func keys(of account: AccountID) async throws -> AccountKeys {
        if let keys = accounts.value(for: account) { return keys }
        let epoch = accounts.epoch
        return try await accountLoads.run(Load(key: account, epoch: epoch)) {
            let keys = try AccountKeys(
                root: try await self.loadOrCreate(KeyReference(account: account), under: self.wrapping))
            self.accounts.insert(keys, for: account, loadedIn: epoch)
            return keys
        }
    }

    private func existingKeys(of account: AccountID) async throws -> AccountKeys? {
        if let keys = accounts.value(for: account) { return keys }
        guard try await store.find(KeyReference(account: account)) != nil else { return nil }
        return try await keys(of: account)
    }

    private func loadOrCreate(_ reference: KeyReference, under wrapping: KeyWrapping) async throws -> KeyMaterial {
        if let stored = try await store.find(reference) { return try unwrap(stored, as: reference, under: wrapping) }
        return try await create(reference, under: wrapping)
    }

    private func create(_ reference: KeyReference, under wrapping: KeyWrapping) async throws -> KeyMaterial {
        guard let stored = try await create([reference], under: wrapping)[reference] else {
            throw VaultError.keyNotUnwrapped(reference)
        }
        return try unwrap(stored, as: reference, under: wrapping)
    }

    /// What is stored under `references` once each has a key.
    private func create(
        _ references: [KeyReference], under wrapping: KeyWrapping
    ) async throws -> [KeyReference: StoredKey] {
        guard !references.isEmpty else { return [:] }
        var wrapped: [KeyReference: [UInt8]] = [:]
        for reference in references { wrapped[reference] = try wrapping.wrap(KeyMaterial(), as: reference) }
        return try await store.insertIfAbsent(wrapped)
    }

    private func unwrap(_ stored: StoredKey, as reference: KeyReference, under wrapping: KeyWrapping) throws
        -> KeyMaterial
    {
        switch stored {
        case .wrapped(let bytes): try wrapping.unwrap(bytes, as: reference)
        case .destroyed: throw VaultError.keyDestroyed(reference)
        }
    }

    private func remember(
        _ root: KeyMaterial, as reference: KeyReference, loadedIn epoch: SubjectCache.Epoch
    ) throws -> SubjectKey {
        let key = try SubjectKey(root: root)
        subjects.insert(key, for: reference, loadedIn: epoch)
        return key
    }
}
