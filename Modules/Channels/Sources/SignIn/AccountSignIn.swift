import AuditInterface
import ChannelsInterface
import Foundation
import Kernel
import Persistence
import PluginHost
import Vault

/// Signs the owner's account in at the provider, act by act, as the plugin says. A channel has one attempt at a time: the latest.
///
/// Codes and passwords live for one request: they are neither stored nor logged, and the plugin does not see them.
struct AccountSignIn: Sendable {
    let database: any Database
    let vault: Vault
    let channels: OpenChannels
    let exchange: ProviderExchange
    let audit: any AuditTrail
    let time: any TimeSource
    /// Has the provider deliver to us, once the account is in.
    let connect: @Sendable (ChannelID, AccountID) async throws -> Void

    /// Somebody who has not finished by then begins again.
    private static let life = Duration.seconds(900)
    /// Nobody guesses a code in so many tries.
    private static let mostAnswers = 5
    /// However often browsers ask.
    private static let lookPause = Duration.seconds(2)

    /// Where an attempt stands, as its owner sees it.
    struct View: Codable, Sendable {
        enum State: String, Codable, Sendable {
            case picture, code, asks, waiting
            case signedIn = "signed-in"
            case failed
        }

        let attempt: Identifier<SignInSubject>
        let state: State
        /// A data address of a PNG.
        var picture: String?
        /// To be entered on the phone.
        var code: String?
        /// Until when picture or code are good.
        var until: Instant?
        var question: SignInProgress.Question?
        var reason: ChannelCondition.Text?
    }

    func begin(
        _ method: SignInMethod, phone: String?, _ id: ChannelID, by actor: Actor, account: AccountID
    ) async throws -> View {
        let channel = try await channel(id, account)
        guard channel.driver.description.signIn.contains(method) else {
            throw Problem.invalid(field: "method", "this channel is not signed in this way")
        }
        let attempt = SignInAttempt(id: .init(), state: "", askedAt: time.now())
        let (audit, now) = (audit, time.now())
        try await database.write(in: account) { transaction in
            // An earlier attempt ends with this one, whatever the provider says.
            try SignInStore(transaction: transaction).delete(id, account: account)
            try audit.append(
                ChannelAdministration.entry("channel.sign-in-begun", id, actor, now, detail: method.rawValue), in: transaction)
        }
        return try await run(.begin(method, phone: phone), attempt, in: channel, by: actor)
    }

    /// Whether anything has changed. Throws `Problem.notFound` without an attempt that lasts.
    func look(_ id: ChannelID, by actor: Actor, account: AccountID) async throws -> View {
        let channel = try await channel(id, account)
        let attempt = try await attempt(of: id, account)
        guard time.now().duration(since: attempt.askedAt) >= Self.lookPause else {
            return View(attempt: attempt.id, state: .waiting)
        }
        return try await run(.look, attempt, in: channel, by: actor)
    }

    /// Hands over what the messenger asked for.
    func answer(
        _ text: String, to id: Identifier<SignInSubject>, of channel: ChannelID, by actor: Actor, account: AccountID
    ) async throws -> View {
        let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard (1...256).contains(text.count), text.unicodeScalars.allSatisfy({ $0.value >= 32 }) else {
            throw Problem.invalid(field: "answer", "expected 1 to 256 characters")
        }
        let open = try await self.channel(channel, account)
        var attempt = try await attempt(of: channel, account)
        guard attempt.id == id else { throw Problem.conflict("another attempt to sign in has begun meanwhile") }
        attempt.answers += 1
        let isLast = attempt.answers >= Self.mostAnswers
        let (sealed, audit, now) = (try await sealed(attempt, of: open), audit, time.now())
        // Counted before it is tried: whoever breaks the connection off has tried too.
        try await database.write(in: account) { transaction in
            try SignInStore(transaction: transaction).set(sealed, of: channel, account: account, at: now)
            try audit.append(ChannelAdministration.entry("channel.sign-in-answered", channel, actor, now), in: transaction)
        }
        let view = try await run(.answer, attempt, in: open.answering(text), by: actor)
        guard isLast, view.state == .asks, view.reason != nil else { return view }
        try await forget(channel, account)
        return View(attempt: id, state: .failed, reason: ChannelCondition.Text(Self.tooManyAnswers))
    }

    private func run(
        _ act: SignInAct, _ attempt: SignInAttempt, in channel: OpenChannel, by actor: Actor
    ) async throws -> View {
        let start: (state: PluginState, input: StepInput)? =
            attempt.state.isEmpty ? nil : (PluginState(attempt.state), .start)
        let result: OperationResult
        do { result = try await exchange.run(.signIn(act), in: channel, from: start).result } catch let error as BlockedAddress {
            throw Problem.conflict(error.description)
        }
        switch result {
        case .signIn(.signedIn, _):
            try await finish(channel, by: actor)
            return View(attempt: attempt.id, state: .signedIn)
        case .signIn(let progress, let state):
            var next = attempt
            (next.state, next.askedAt) = (state.text, time.now())
            let (sealed, id, account, now) = (try await sealed(next, of: channel), channel.id, channel.account, time.now())
            try await database.write(in: account) {
                try SignInStore(transaction: $0).set(sealed, of: id, account: account, at: now)
            }
            return try Self.view(progress, attempt.id)
        case .failed(let failure):
            let reason = ChannelCondition.Text(failure.reason.text)
            // A provider that is away for a moment ends nothing that had begun.
            if case .retry = failure.kind, start != nil { return View(attempt: attempt.id, state: .waiting, reason: reason) }
            try await forget(channel.id, channel.account)
            return View(attempt: attempt.id, state: .failed, reason: reason)
        default: throw Problem.unavailable("The channel's plugin gave no clear answer.")
        }
    }

    private static func view(_ progress: SignInProgress, _ attempt: Identifier<SignInSubject>) throws -> View {
        switch progress {
        case .picture(let base64, let until):
            return View(attempt: attempt, state: .picture, picture: try address(ofPicture: base64), until: until)
        case .code(let code, let until): return View(attempt: attempt, state: .code, code: code, until: until)
        case .asks(let question, let reason):
            return View(attempt: attempt, state: .asks, question: question, reason: reason.map { ChannelCondition.Text($0.text) })
        case .waiting: return View(attempt: attempt, state: .waiting)
        case .signedIn: return View(attempt: attempt, state: .signedIn)
        }
    }

    /// Only a PNG: whatever else a provider sends does not become part of a page.
    private static func address(ofPicture base64: String) throws -> String {
        guard let bytes = Data(base64Encoded: base64), bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) else {
            throw Problem.unavailable("The provider gave something else than a picture to scan.")
        }
        return "data:image/png;base64,\(bytes.base64EncodedString())"
    }

    private func finish(_ channel: OpenChannel, by actor: Actor) async throws {
        let (id, account, audit, now) = (channel.id, channel.account, audit, time.now())
        try await database.write(in: account) { transaction in
            try SignInStore(transaction: transaction).delete(id, account: account)
            let store = ChannelStore(transaction: transaction)
            if var condition = try store.lockedCondition(of: id, account: account) {
                condition.notices.removeAll { $0.code == PluginReason.signedOutCode }
                try store.set(condition: condition, of: id, account: account)
            }
            try transaction.publish(ChannelChanged(channel: id))
            try audit.append(ChannelAdministration.entry("channel.signed-in", id, actor, now), in: transaction)
        }
        try await connect(id, account)
    }

    private func channel(_ id: ChannelID, _ account: AccountID) async throws -> OpenChannel {
        guard let channel = try await channels.channel(id, of: account) else { throw Problem.notFound }
        return channel
    }

    private func attempt(of id: ChannelID, _ account: AccountID) async throws -> SignInAttempt {
        let found = try await database.read(in: account) { try SignInStore(transaction: $0).find(id, account: account) }
        guard let found, time.now().duration(since: found.beganAt) < Self.life else { throw Problem.notFound }
        return try SignInAttempt.open(found.attempt, by: try await vault.accountKey(account), channel: id, account: account)
    }

    private func sealed(_ attempt: SignInAttempt, of channel: OpenChannel) async throws -> [UInt8] {
        try attempt.sealed(by: try await vault.accountKey(channel.account), channel: channel.id, account: channel.account)
    }

    private func forget(_ id: ChannelID, _ account: AccountID) async throws {
        try await database.write(in: account) { try SignInStore(transaction: $0).delete(id, account: account) }
    }

    private static let tooManyAnswers = LocalizedText(
        english: "Too many wrong answers. Begin again.", russian: "Слишком много неверных ответов. Начните заново.",
        kazakh: "Қате жауап тым көп. Қайта бастаңыз.")
}
