import Audit
import BotEngineInterface
import AuditInterface
import Identity
import BotEngine
import ArgumentParser
import Channels
import Conversations
import Foundation
import IdentityInterface
import Kernel
import KnowledgeBase
import KnowledgeBaseInterface
import Persistence

struct ChannelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "channel", abstract: "Channels of an account.", subcommands: [Add.self, List.self, Test.self, Connect.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Connects a channel; a running server picks it up at once.")

        @OptionGroup var common: CommonOptions
        @Argument(help: "telegram, webchat, max, avito, wappi, facebook, instagram, or an installed plugin's kind.") var kind:
            String
        @Option(help: "The account's name or id.") var account: String
        @Option(help: "The provider's token.") var token: String?
        @Option(help: "The address of a Bot API server of your own.") var apiBase: String?
        @Option(help: "A setting of this kind of channel, as NAME=VALUE; may be repeated.") var setting: [String] = []
        @Option(help: "webhook or polling.") var mode: String?
        @Option(help: "The channel's name.") var name: String?
        @Flag(help: "The risk that this kind of channel names is known and taken: an unofficial service may cost the number.")
        var acceptRisk = false

        private struct Made: Encodable { let id: ChannelID, webhookPath: String?, secret: String?, publicKey: String? }

        func run() async throws {
            let installation = try await common.open()
            let account = try await installation.identity.directory.account(named: account)
            var settings: [String: String] = [:]
            settings["token"] = token
            settings["api_base"] = apiBase
            for text in setting {
                guard let equals = text.firstIndex(of: "=") else { throw StartupError("--setting: expected NAME=VALUE") }
                settings[String(text[..<equals])] = String(text[text.index(after: equals)...])
            }
            let made = try await installation.channels.administration.add(
                kind: kind, name: name ?? kind, mode: mode, settings: settings, riskAccepted: acceptRisk, by: .system,
                account: account.id)
            let view = made.view
            try common.show(
                Made(id: view.id, webhookPath: view.webhookPath, secret: made.secret, publicKey: view.publicKey),
                "channel \(view.id)\(view.webhookPath.map { "\nwebhook path: \($0)" } ?? "")\(view.publicKey.map { "\npublic key: \($0)" } ?? "")"
            )
            await installation.close()
        }
    }

    struct List: AsyncParsableCommand {
        @OptionGroup var common: CommonOptions
        @Option(help: "The account's name or id.") var account: String

        func run() async throws {
            let installation = try await common.open()
            let account = try await installation.identity.directory.account(named: account)
            for view in try await installation.channels.administration.list(account.id) {
                try common.show(
                    view,
                    "\(view.id) \(view.kind) \(view.name) \(view.mode) \(view.state)\(view.problem.map { " (\($0))" } ?? "")")
            }
            await installation.close()
        }
    }

    /// A channel by its id, in an account.
    struct Chosen: ParsableArguments {
        @Argument(help: "The channel's id.") var id: String
        @Option(help: "The account's name or id.") var account: String

        typealias Question = (ChannelAdministration, ChannelID, AccountID) async throws -> ChannelAdministration.TestResult

        /// Prints what the provider says; exits with 1 when that is not good.
        func ask(_ common: CommonOptions, _ question: Question) async throws {
            guard let id = ChannelID(id) else { throw Problem.notFound }
            let installation = try await common.open()
            let account = try await installation.identity.directory.account(named: account)
            let result = try await question(installation.channels.administration, id, account.id)
            try common.show(result, result.ok ? "ok \(result.detail)" : "not working: \(result.problem ?? "")")
            await installation.close()
            if !result.ok { throw ExitCode(1) }
        }
    }

    struct Test: AsyncParsableCommand {
        @OptionGroup var common: CommonOptions
        @OptionGroup var channel: Chosen

        func run() async throws { try await channel.ask(common) { try await $0.test($1, account: $2) } }
    }

    struct Connect: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Registers a channel's webhook at its provider, below --public-url; or prepares polling.")

        @OptionGroup var common: CommonOptions
        @OptionGroup var channel: Chosen

        func run() async throws { try await channel.ask(common) { try await $0.connect($1, account: $2) } }
    }
}

struct KnowledgeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kb", abstract: "The knowledge base of an account.", subcommands: [Import.self, Search.self])

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Imports .txt, .md, .html and .jsonl files.")

        @OptionGroup var common: CommonOptions
        @Option(help: "The account's name or id.") var account: String
        @Argument(help: "Files; a .jsonl line is {\"id\",\"title\",\"text\",\"language\"}.") var files: [String]

        private struct Done: Encodable { let files: Int, entries: Int }

        func run() async throws {
            var drafts: [KnowledgeDraft] = []
            for file in files {
                guard let data = FileManager.default.contents(atPath: file) else { throw StartupError("\(file) cannot be read") }
                drafts += try KnowledgeImport.drafts(fromFile: URL(filePath: file).lastPathComponent, [UInt8](data))
            }
            let installation = try await common.open()
            let account = try await installation.identity.directory.account(named: account)
            let total = drafts.count
            let changed = try await installation.knowledge.editor.importAll(drafts, by: .system, account: account.id) { done in
                if total > 1_000 { progress("\(done) of \(total)") }
            }
            try common.show(Done(files: files.count, entries: changed), "\(changed) of \(total) entries imported or changed")
            await installation.close()
        }
    }

    struct Search: AsyncParsableCommand {
        @OptionGroup var common: CommonOptions
        @Option(help: "The account's name or id.") var account: String
        @Option(help: "How many hits.") var top = 5
        @Option(help: "A file with one question a line; one JSON line a question comes out.") var queries: String?
        @Argument(help: "The question.") var question: String?

        private struct Hit: Encodable { let source: String?, title: String, score: Double, quote: String }
        private struct Answer: Encodable { let query: String, hits: [Hit] }

        func run() async throws {
            let questions: [String]
            if let queries {
                guard let text = try? String(contentsOfFile: queries, encoding: .utf8) else {
                    throw StartupError("\(queries) cannot be read")
                }
                questions = text.split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
            } else if let question {
                questions = [question]
            } else {
                throw StartupError("kb search needs a question or --queries FILE")
            }
            let installation = try await common.open()
            let account = try await installation.identity.directory.account(named: account)
            for question in questions {
                let hits = try await installation.knowledge.search.search(question, top: top, account: account.id)
                let answer = Answer(
                    query: question,
                    hits: hits.map { Hit(source: $0.source, title: $0.citation.title, score: $0.score, quote: $0.citation.quote) }
                )
                try common.show(
                    answer,
                    hits.isEmpty ? "nothing found" : answer.hits.map { "\($0.title): \($0.quote)" }.joined(separator: "\n"))
            }
            await installation.close()
        }
    }
}

struct BotCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bot", abstract: "The bot of an account.", subcommands: [Ask.self])

    struct Ask: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "What the bot would answer, without side effects.")

        @OptionGroup var common: CommonOptions
        @Option(help: "The account's name or id.") var account: String
        @Argument(help: "The customer's message.") var text: String

        private struct Answer: Encodable {
            let outcome: String, text: String, citations: [Citation], reason: HandOffReason?, blocked: String?
        }

        func run() async throws {
            let installation = try await common.open()
            let account = try await installation.identity.directory.account(named: account)
            let answer = try await installation.bot.tryout.ask(text, language: Language(guessing: text), account: account.id)
            try common.show(
                Answer(
                    outcome: answer.handOff == nil ? "answer" : "handoff", text: answer.text, citations: answer.citations,
                    reason: answer.handOff, blocked: answer.blocked),
                answer.handOff.map { "hands over to a person: \($0.rawValue)\(answer.blocked.map { " (\($0))" } ?? "")" }
                    ?? answer.text + answer.citations.map { "\n  source: \($0.title): \($0.quote)" }.joined())
            await installation.close()
        }
    }
}

struct MessageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "message", abstract: "Messages of an account.", subcommands: [List.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "The newest messages, one JSON line each.")

        @OptionGroup var common: CommonOptions
        @Option(help: "The account's name or id.") var account: String
        @Option(help: "How many.") var limit = 50

        func run() async throws {
            guard (1...1_000_000).contains(limit) else { throw StartupError("--limit: expected 1 to 1000000") }
            let installation = try await common.open()
            let account = try await installation.identity.directory.account(named: account)
            var lines = common
            lines.json = true
            for message in try await installation.conversations.latest(of: account.id, limit: limit) {
                try lines.show(message, "")
            }
            await installation.close()
        }
    }
}

struct JobsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs", abstract: "The job queue.", subcommands: [List.self, Retry.self])

    struct List: AsyncParsableCommand {
        @OptionGroup var common: CommonOptions
        @Flag(help: "Only jobs that failed for good.") var dead = false

        func run() async throws {
            let installation = try await common.open()
            for job in try await JobAdministration(database: installation.stores.data).list(deadOnly: dead) {
                try common.show(
                    job, "\(job.id) \(job.queue) \(job.state) attempts \(job.attempts)\(job.error.map { " \($0)" } ?? "")")
            }
            await installation.close()
        }
    }

    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Gives dead jobs another set of tries: one by its id, or all.")

        @OptionGroup var common: CommonOptions
        @Argument(help: "The job's id; without it all dead jobs.") var id: String?

        private struct Done: Encodable { let retried: Int }

        func run() async throws {
            let job = try id.map { text in
                guard let id = JobID(text) else { throw Problem.notFound }
                return id
            }
            let installation = try await common.open()
            let count = try await JobAdministration(database: installation.stores.data).retry(job, at: installation.time.now())
            if job != nil, count == 0 { throw Problem.notFound }
            try common.show(Done(retried: count), "\(count) jobs will be tried again")
            await installation.close()
        }
    }
}

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "audit", abstract: "The audit trail.", subcommands: [List.self])

    struct List: AsyncParsableCommand {
        @OptionGroup var common: CommonOptions
        @Option(help: "The account's name or id.") var account: String
        @Option(help: "How many.") var limit = 50

        private struct Line: Encodable {
            let id: String, at: Instant, actor: String, action: String, object: String, detail: String
        }

        func run() async throws {
            guard (1...10_000).contains(limit) else { throw StartupError("--limit: expected 1 to 10000") }
            let installation = try await common.open()
            let account = try await installation.identity.directory.account(named: account)
            var cursor: String?
            var left = limit
            repeat {
                let page = try await installation.audit.trail.entries(of: account.id, after: cursor, limit: min(100, left))
                for entry in page.elements {
                    let actor = [entry.actor.kind, entry.actor.reference].compactMap { $0 }.joined(separator: "/")
                    try common.show(
                        Line(
                            id: entry.id.description, at: entry.occurredAt, actor: actor, action: entry.action,
                            object: entry.object,
                            detail: entry.detail), "\(entry.occurredAt) \(actor) \(entry.action) \(entry.object) \(entry.detail)")
                }
                left -= page.elements.count
                cursor = left > 0 ? page.next : nil
            } while cursor != nil
            await installation.close()
        }
    }
}
