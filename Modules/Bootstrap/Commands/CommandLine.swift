import Identity
package import ArgumentParser
import Foundation
import IdentityInterface
import Kernel
import Logging

/// `sevensales`: everything an administrator does without a browser, also while a server runs.
package struct CommandLineTool: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "sevensales", abstract: "Sets up and looks after a SevenSales installation.",
        version: Bootstrap.Configuration.version,
        subcommands: [
            InitCommand.self, MigrateCommand.self, DoctorCommand.self, AccountCommand.self, UserCommand.self, ChannelCommand.self,
            KnowledgeCommand.self, BotCommand.self, MessageCommand.self, JobsCommand.self, AuditCommand.self, PluginCommand.self,
        ])

    package init() {}
}

/// What every command has: the installation, and whether a program reads the output.
struct CommonOptions: ParsableArguments {
    @OptionGroup var options: InstallationOptions

    @Flag(help: "Print JSON, one value a line.")
    var json = false

    /// Opens the installation for a command; nothing is migrated unless `migrating`.
    func open(migrating: Bool = false, note: (String) -> Void = { _ in }) async throws -> Installation {
        var configuration = try options.configuration()
        if options.logLevel == nil { configuration.logLevel = .error }
        return try await Installation(
            configuration, migration: migrating ? .apply : .require, logger: Program.logger(configuration.logLevel), note: note)
    }

    /// Prints `value` as a line of JSON, or `text` for people.
    func show(_ value: some Encodable, _ text: @autoclosure () -> String) throws {
        guard json else { return Program.say(text()) }
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        Program.say(String(decoding: try encoder.encode(value), as: UTF8.self))
    }
}

/// Progress of long work on standard error, when a person is watching.
func progress(_ text: String) { FileHandle.standardError.write(Data("\(text)\n".utf8)) }

struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Makes the data folder, the first account and its owner.")

    @OptionGroup var common: CommonOptions
    @Option(help: "The account's name: the company.") var account: String
    @Option(help: "The owner's e-mail address.") var email: String
    @Option(help: "The owner's name.") var ownerName: String?
    @Option(help: "en, ru or kk.") var language = "ru"
    @Flag(help: "Read the owner's password from standard input.") var passwordStdin = false

    private struct Made: Encodable { let account: AccountID, user: UserID, masterKey: String? }

    /// The account to be: one of this name that has nobody yet, from an earlier try whose owner was refused, or a new one.
    private func emptyAccount(in installation: Installation, _ language: Language) async throws -> Account {
        let directory = installation.identity.directory
        for known in try await directory.accounts() where known.name == account {
            if try await directory.members(of: known.id).isEmpty { return known }
        }
        return try await directory.createAccount(name: account, language: language)
    }

    func run() async throws {
        guard passwordStdin else { throw StartupError("init needs --password-stdin: the password is read from standard input") }
        let password = try readPassword()
        guard let language = Language(rawValue: language) else { throw StartupError("--language: expected en, ru or kk") }
        let installation = try await common.open(migrating: true, note: progress)
        let made = try await emptyAccount(in: installation, language)
        let owner = try await installation.identity.createOwner(
            account: made.id, name: ownerName ?? email, email: email, password: password)
        let keyFile = installation.madeMasterKey ? installation.folder.file("master.key").path : nil
        if let keyFile {
            progress(
                "A master key was made in \(keyFile). Copy it to a safe place apart from your backups: without it nothing can be read."
            )
        }
        try common.show(
            Made(account: made.id, user: owner.id, masterKey: keyFile), "account \(made.name) (\(made.id)), owner \(owner.email)")
        await installation.close()
    }
}

func readPassword() throws -> String {
    guard let line = readLine(strippingNewline: true), !line.isEmpty else {
        throw StartupError("no password came on standard input")
    }
    return line
}

struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Brings the database to this version's schema.")
    @OptionGroup var common: CommonOptions

    private struct Done: Encodable { let version: String }

    func run() async throws {
        let installation = try await common.open(migrating: true, note: progress)
        try common.show(
            Done(version: Bootstrap.Configuration.version), "the database is ready for version \(Bootstrap.Configuration.version)"
        )
        await installation.close()
    }
}

struct AccountCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "account", abstract: "Accounts of the installation.", subcommands: [Create.self, List.self])

    struct View: Encodable { let id: AccountID, name: String, language: Language, createdAt: Instant }

    struct Create: AsyncParsableCommand {
        @OptionGroup var common: CommonOptions
        @Argument(help: "The account's name.") var name: String
        @Option(help: "en, ru or kk.") var language = "ru"

        func run() async throws {
            guard let language = Language(rawValue: language) else { throw StartupError("--language: expected en, ru or kk") }
            let installation = try await common.open()
            let made = try await installation.identity.directory.createAccount(name: name, language: language)
            try common.show(
                View(id: made.id, name: made.name, language: made.language, createdAt: made.createdAt), "\(made.id) \(made.name)")
            await installation.close()
        }
    }

    struct List: AsyncParsableCommand {
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let installation = try await common.open()
            for account in try await installation.identity.directory.accounts() {
                try common.show(
                    View(id: account.id, name: account.name, language: account.language, createdAt: account.createdAt),
                    "\(account.id) \(account.name)")
            }
            await installation.close()
        }
    }
}

struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "People of an account.", subcommands: [Create.self, List.self])

    struct View: Encodable { let id: UserID, name: String, email: String, role: Role }

    struct Create: AsyncParsableCommand {
        @OptionGroup var common: CommonOptions
        @Option(help: "The account's name or id.") var account: String
        @Option(help: "The e-mail address.") var email: String
        @Option(help: "The name.") var name: String?
        @Option(help: "owner, admin, operator or analyst.") var role = "operator"
        @Flag(help: "Read the password from standard input.") var passwordStdin = false

        func run() async throws {
            guard let role = Role(rawValue: role) else {
                throw StartupError("--role: expected owner, admin, operator or analyst")
            }
            guard passwordStdin else { throw StartupError("user create needs --password-stdin") }
            let password = try readPassword()
            let installation = try await common.open()
            let account = try await installation.identity.directory.account(named: account)
            let made = try await installation.identity.createUser(
                account: account.id, name: name ?? email, email: email, password: password, role: role)
            try common.show(
                View(id: made.id, name: made.name, email: made.email, role: made.role),
                "\(made.id) \(made.email) \(made.role.rawValue)")
            await installation.close()
        }
    }

    struct List: AsyncParsableCommand {
        @OptionGroup var common: CommonOptions
        @Option(help: "The account's name or id.") var account: String

        func run() async throws {
            let installation = try await common.open()
            let account = try await installation.identity.directory.account(named: account)
            for member in try await installation.identity.directory.members(of: account.id) {
                try common.show(
                    View(id: member.id, name: member.name, email: member.email, role: member.role),
                    "\(member.id) \(member.email) \(member.role.rawValue)")
            }
            await installation.close()
        }
    }
}
