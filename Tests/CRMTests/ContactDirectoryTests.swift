import AuditInterface
import CRMInterface
import Kernel
import Persistence
import TestSupport
import Testing
import Vault

@testable import CRM

struct ContactDirectoryTests {
    let account = AccountID()
    let time = VirtualTime()
    let sink = RecordingSink()
    let audit = RecordingAuditTrail()

    private func directory(_ engine: TestEngine, vault: Vault? = nil) async throws -> LiveContactDirectory {
        LiveContactDirectory(
            database: try await engine.database(CRMModule.migrations, sink: sink), vault: try vault ?? .forTests(), audit: audit,
            time: time)
    }

    @discardableResult
    private func add(
        _ name: String, to directory: LiveContactDirectory, id: ContactID = .init(), account other: AccountID? = nil
    ) async throws -> ContactID {
        let account = other ?? account
        let prepared = try await directory.prepare(id, name: name, language: .kazakh, account: account, at: time.now())
        try await directory.database.write(in: account) { try directory.create(prepared, in: $0) }
        return id
    }

    @Test(arguments: TestEngine.all)
    func `a contact is read back, and lies sealed in the table`(engine: TestEngine) async throws {
        let directory = try await directory(engine)
        let id = try await add("Айгерім Сәрсенова", to: directory)
        let contact = try #require(try await directory.contact(id, of: account))
        #expect(contact.name == "Айгерім Сәрсенова")
        #expect(contact.language == .kazakh)
        #expect(contact.createdAt == time.now())
        let stored = try await directory.database.read(in: account) { transaction in
            try transaction.rows("SELECT name FROM crm_contact") { try $0.blob("name") }
        }
        let bytes = try #require(stored.first)
        #expect(!String(decoding: bytes, as: UTF8.self).contains("Айгерім"))
    }

    @Test(arguments: TestEngine.all)
    func `creating twice keeps the first and tells others once`(engine: TestEngine) async throws {
        let directory = try await directory(engine)
        let id = try await add("First", to: directory)
        try await add("Second", to: directory, id: id)
        #expect(try await directory.contact(id, of: account)?.name == "First")
        #expect(sink.events(of: ContactCreated.self).map(\.contact) == [id])
        #expect(audit.actions == ["contact.created"])
    }

    @Test(arguments: TestEngine.all)
    func `what a messenger tells is learned, but a name that a person gave stays`(engine: TestEngine) async throws {
        let directory = try await directory(engine)
        let id = try await add("", to: directory)
        let account = account
        func learn(_ name: String?, _ picture: PictureID?) async throws {
            let told = ContactProfile(name: name, language: .russian, picture: picture)
            guard let profile = try await directory.prepare(told, of: id, account: account) else { throw Problem.notFound }
            try await directory.database.write(in: account) { try directory.learn(profile, in: $0) }
        }
        let picture = PictureID()
        try await learn("Ольга", picture)
        var contact = try #require(try await directory.contact(id, of: account))
        // The language that the customer wrote in is known better than the one of their telephone.
        #expect(contact.name == "Ольга" && contact.picture == picture && contact.language == .kazakh)
        try await directory.rename(id, to: try ContactName(checking: "Ольга, диван"), account: account, actor: .system)
        try await learn("Olga", nil)
        contact = try #require(try await directory.contact(id, of: account))
        #expect(contact.name == "Ольга, диван" && contact.picture == picture)
        #expect(sink.events(of: ContactChanged.self).map(\.contact) == [id, id, id])
        let blank = ContactProfile(name: " ", language: nil, picture: nil)
        #expect(try await directory.prepare(blank, of: id, account: account)?.id == nil)
    }

    @Test(arguments: TestEngine.all)
    func `an erased contact learns nothing`(engine: TestEngine) async throws {
        let vault = try Vault.forTests()
        let directory = try await directory(engine, vault: vault)
        let id = try await add("A", to: directory)
        try await vault.destroyKey(for: KeyID(sameAs: id), in: account)
        let told = ContactProfile(name: "A", language: nil, picture: nil)
        #expect(try await directory.prepare(told, of: id, account: account)?.id == nil)
    }

    @Test(arguments: TestEngine.all)
    func `preparing alone changes nothing`(engine: TestEngine) async throws {
        let directory = try await directory(engine)
        _ = try await directory.prepare(.init(), name: "A", language: nil, account: account, at: time.now())
        #expect(try await directory.contacts(of: account, after: nil, limit: 10).elements.isEmpty)
        #expect(sink.events.isEmpty && audit.entries.isEmpty)
    }

    @Test(arguments: TestEngine.all)
    func `pages are newest first and hold every contact once, even of one moment`(engine: TestEngine) async throws {
        let directory = try await directory(engine)
        for index in 0..<7 {
            try await add("c\(index)", to: directory)
            if index % 3 == 2 { time.advance(by: .seconds(1)) }
        }
        var (seen, cursor, pages): ([String], String?, Int) = ([], nil, 0)
        repeat {
            let page = try await directory.contacts(of: account, after: cursor, limit: 3)
            seen += page.elements.map(\.name)
            (cursor, pages) = (page.next, pages + 1)
        } while cursor != nil && pages < 9
        #expect(seen == (0..<7).reversed().map { "c\($0)" })
        #expect(pages == 3)
    }

    @Test(arguments: TestEngine.all)
    func `another account sees nothing`(engine: TestEngine) async throws {
        let directory = try await directory(engine)
        let id = try await add("Secret", to: directory)
        let other = AccountID()
        #expect(try await directory.contact(id, of: other) == nil)
        #expect(try await directory.contacts([id], of: other).isEmpty)
        #expect(try await directory.contacts(of: other, after: nil, limit: 10).elements.isEmpty)
        await #expect(throws: Problem.notFound) {
            try await directory.rename(id, to: try ContactName(checking: "X"), account: other, actor: .system)
        }
        #expect(try await directory.contact(id, of: account)?.name == "Secret")
    }

    @Test(arguments: TestEngine.all)
    func `only the contacts that exist are found by id`(engine: TestEngine) async throws {
        let directory = try await directory(engine)
        let (a, b) = (try await add("a", to: directory), try await add("b", to: directory))
        let found = try await directory.contacts([a, b, ContactID()], of: account)
        #expect(found.mapValues(\.name) == [a: "a", b: "b"])
        #expect(try await directory.contacts([], of: account).isEmpty)
    }

    @Test(arguments: TestEngine.all)
    func `an erased contact has no name, fails no list, takes no name and never comes back`(engine: TestEngine) async throws {
        let vault = try Vault.forTests()
        let directory = try await directory(engine, vault: vault)
        let erased = try await add("Erased", to: directory)
        time.advance(by: .seconds(1))
        let kept = try await add("Kept", to: directory)
        try await vault.destroyKey(for: KeyID(sameAs: erased), in: account)
        let page = try await directory.contacts(of: account, after: nil, limit: 10)
        #expect(page.elements.map(\.id) == [kept, erased])
        #expect(page.elements.map(\.name) == ["Kept", ""])
        await #expect(throws: Problem.conflict("This contact was erased.")) {
            try await directory.rename(erased, to: try ContactName(checking: "X"), account: account, actor: .system)
        }
        await #expect(throws: VaultError.self) {
            _ = try await directory.prepare(erased, name: "Again", language: nil, account: account, at: time.now())
        }
    }

    @Test(arguments: TestEngine.all)
    func `a name moved to another contact does not open`(engine: TestEngine) async throws {
        let directory = try await directory(engine)
        let (a, b) = (try await add("a", to: directory), try await add("b", to: directory))
        try await directory.database.write(in: account) { transaction in
            try transaction.execute(
                """
                UPDATE crm_contact SET name =
                  (SELECT name FROM crm_contact WHERE account_id = \(account) AND id = \(a))
                WHERE account_id = \(account) AND id = \(b)
                """)
        }
        await #expect(throws: VaultError.notAuthentic) { _ = try await directory.contact(b, of: account) }
    }

    @Test(arguments: TestEngine.all)
    func `T39 the data map names every column`(engine: TestEngine) async throws {
        let database = try await engine.database(CRMModule.migrations)
        let columns = try await database.columns(ofTablesNamed: "crm_")
        #expect(columns == CRMModule.dataMap.mapValues { Set($0.keys) })
    }
}
