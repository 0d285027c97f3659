import ChannelsInterface
import Egress
import Foundation
import Kernel
import Logging
import Synchronization
import TestSupport
import Testing
import Vault

@testable import Channels
@testable import Persistence

/// An account with webhooks, its receiver and its clock.
struct WebhookBench: Sendable {
    let account = AccountID()
    let database: any Database
    let vault: Vault
    let time = VirtualTime()
    let sink = RecordingSink()
    let receiver: ScriptedReceiver
    let audit = RecordingAuditTrail()
    let words: ErasableWords
    let administration: WebhookAdministration
    let history: WebhookHistory
    let pump: WebhookPump
    private let secrets = Secrets()

    final class Secrets: Sendable { let table = Mutex<[WebhookID: String]>([:]) }

    init(_ engine: TestEngine) async throws {
        database = try await engine.database(WebhookSchema.migrations + ChannelsSchema.migrations, sink: sink)
        vault = try Vault.forTests()
        let receiver = ScriptedReceiver()
        self.receiver = receiver
        words = ErasableWords(vault: vault)
        _ = try await vault.key(for: KeyID(sameAs: words.person), in: account)
        administration = WebhookAdministration(
            database: database, vault: vault, policy: EgressPolicy(), audit: audit, randomness: .system, time: time)
        history = WebhookHistory(database: database, vault: vault, audit: audit, time: time)
        pump = WebhookPump(
            database: database, vault: vault,
            sender: WebhookSender(egress: receiver, contents: [words, ChannelContents(database: database)], time: time),
            audit: audit, slots: WebhookSlots(), randomness: .system, time: time, logger: Logger(label: "test"))
    }

    static func caller(_ account: AccountID) -> Principal {
        Principal(account: account, actor: .user(UserID()), name: "Dana", role: .owner, permissions: Set(Permission.allCases))
    }
    var caller: Principal { Self.caller(account) }

    func add(events: [String] = ["message.received"]) async throws -> WebhookID {
        let made = try await administration.add(.init(url: "https://shop.example/hook?token=t", events: events), by: caller)
        secrets.table.withLock { $0[made.id] = made.secret }
        return made.id
    }

    func secret(_ id: WebhookID) -> String { secrets.table.withLock { $0[id] ?? "" } }

    /// A customer wrote.
    func tell() async throws {
        let notice = WebhookNotice(
            .messageReceived, facts: ["message_id": words.message.description], occurredAt: time.now())
        try await database.write(in: account) { try LiveWebhookAnnouncer().announce(notice, in: $0) }
    }

    func pump(_ id: WebhookID) async throws {
        let (database, account) = (database, account)
        // As if the queue had run and removed what was queued before.
        sink.clear()
        let job = Job(
            account: account, id: JobID(), queue: WebhookPumpJob.queue, payload: "", attempt: 1, maxAttempts: 3, fence: 1,
            source: nil, createdAt: time.now())
        let context = JobContext(job: job) { _, effects in try await database.write(in: account) { try effects($0) } }
        try await pump.run(WebhookPumpJob(endpoint: id), context)
    }

    /// Runs the pump as often as it wants to be woken, once: now, or at the moment for which it set its alarm.
    func passToNext(_ id: WebhookID, telling: Bool = false) async throws {
        if telling { try await tell() }
        if let alarm = sink.queued.last(where: { $0.payload is WebhookWakeJob }), !telling {
            time.advance(by: alarm.options.delay)
        }
        try await pump(id)
    }

    func deliveries(_ id: WebhookID) async throws -> [WebhookHistory.Delivery] {
        try await history.page(of: id, status: nil, after: nil, limit: 100, account: account).elements
    }

    func endpoint(_ id: WebhookID) async throws -> WebhookAdministration.View {
        try #require(try await administration.list(account).first { $0.id == id })
    }

    /// Whether a signature of the request was made with `secret`.
    static func fits(_ request: EgressRequest, _ secret: String) -> Bool {
        guard let id = request.headers["webhook-id"], let stamp = request.headers["webhook-timestamp"],
            let given = request.headers["webhook-signature"], let key = Data(base64Encoded: String(secret.dropFirst(6)))
        else { return false }
        let mac = Digest.hmacSHA256(Array("\(id).\(stamp).".utf8) + request.body, key: [UInt8](key))
        return given.split(separator: " ").contains { $0 == "v1,\(Data(mac).base64EncodedString())" }
    }
}

/// One message of one person; gone with the person's key.
struct ErasableWords: WebhookContentSource {
    let vault: Vault
    let person = ContactID()
    let message = MessageID()

    struct Said: Encodable, Sendable { let messageId: MessageID, text: String? }

    func content(of notice: WebhookNotice, account: AccountID) async throws -> WebhookContent? {
        guard notice.event == .messageReceived else { return nil }
        var isThere = true
        do { _ = try await vault.existingKey(for: KeyID(sameAs: person), in: account) } catch VaultError.keyDestroyed {
            isThere = false
        }
        return WebhookContent(person: person, data: Said(messageId: message, text: isThere ? "a sofa for Aigul" : nil))
    }
}

/// Answers as scripted, then as always.
final class ScriptedReceiver: Egress {
    private struct State {
        var requests: [EgressRequest] = []
        var script: [Result<Int, EgressError>] = []
        var always = 200
        var retryAfter: String?
        var echoes = false
    }

    private let state = Mutex(State())

    init() {}

    var requests: [EgressRequest] { state.withLock { $0.requests } }
    var echoes: Bool {
        get { state.withLock { $0.echoes } }
        set { state.withLock { $0.echoes = newValue } }
    }

    func always(_ code: Int) { state.withLock { $0.always = code } }
    func script(_ codes: [Int], retryAfter: String? = nil) {
        state.withLock { state in
            state.script += codes.map { .success($0) }
            state.retryAfter = retryAfter
        }
    }
    func fail(_ reasons: [EgressError.Reason]) {
        state.withLock { $0.script += reasons.map { .failure(EgressError($0, .maybeSent)) } }
    }

    func stream(_ request: EgressRequest) async throws -> EgressStream {
        let (answer, body, delay) = state.withLock { state -> (Result<Int, EgressError>, [UInt8], String?) in
            state.requests.append(request)
            let answer = state.script.isEmpty ? .success(state.always) : state.script.removeFirst()
            return (answer, state.echoes ? request.body : [], state.retryAfter)
        }
        let headers: EgressHeaders = delay.map { ["Retry-After": $0] } ?? [:]
        let rest = Mutex<[UInt8]?>(body)
        return EgressStream(head: EgressHead(status: try answer.get(), headers: headers)) {
            rest.withLock { rest in
                defer { rest = nil }
                return rest
            }
        }
    }

    func send(_ request: EgressRequest) async throws -> EgressResponse { throw EgressError(.busy) }
    func sendMail(_ mail: EgressMail) async throws { throw EgressError(.busy) }
}
