import ChannelKit

/// Runs an operation with a valid token and a known user id: gets them when they are missing or have run out, and a new token
/// when Avito refuses the old one, once.
///
/// The operation itself keeps in its state which request is under way, and performs it (again) on `.start`.
struct Session {
    typealias Work<API> = (_ api: API, _ state: JSON?, _ input: StepInput) -> ChannelStep
    let api: AvitoAPI
    private let context: ChannelContext

    init(_ context: ChannelContext) { (self.context, api) = (context, AvitoAPI(context)) }

    /// An operation below the account's path.
    func step(_ state: JSON?, _ input: StepInput, _ work: Work<MessengerAPI>) -> ChannelStep {
        advance(SessionNotes(state), input, isNew: false) { notes, input in
            guard let user = notes.user ?? knownUser else { return askIdentity(notes) }
            var notes = notes
            // Whatever happens between two requests, the second one is for the same account.
            notes.user = user
            return wrapped(work(MessengerAPI(api: api, user: user), notes.work, input), notes)
        }
    }

    /// An operation that needs no user id. `provingKeys` gets a token even though one is remembered.
    func step(
        _ state: JSON?, _ input: StepInput, provingKeys: Bool, _ work: Work<AvitoAPI>
    ) -> ChannelStep {
        advance(SessionNotes(state), input, isNew: provingKeys && state == nil) { notes, input in
            wrapped(work(api, notes.work, input), notes)
        }
    }

    /// Brings `input` to whatever asked for it.
    private func advance(
        _ notes: SessionNotes, _ input: StepInput, isNew: Bool, _ perform: (SessionNotes, StepInput) -> ChannelStep
    ) -> ChannelStep {
        switch (notes.phase, input) {
        case (.work, .start): return hasToken && !isNew ? perform(notes, input) : askToken(notes)
        case (.token, .start): return askToken(notes)
        case (.identity, .start): return askIdentity(notes)
        case (.work, .notSent), (.work, .unknown): return perform(notes, input)
        // Neither asking for a token nor for the identity changes anything: both may be repeated.
        case (_, .notSent), (_, .unknown): return failed(.retry(after: nil, scope: .channel), .unavailable, notes)
        case (_, .response(let response)):
            let answer = AvitoAnswer(response)
            if notes.phase == .token { return granted(answer, notes, perform) }
            if case .error(let error) = answer, error.isAboutToken, !notes.isRenewed { return askToken(notes) }
            return notes.phase == .identity ? identified(answer, notes, perform) : perform(notes, input)
        }
    }

    // MARK: Token

    /// Whether the remembered token is of today's keys and not near its end.
    private var hasToken: Bool {
        guard isSameClient, context.hasSecret(Memory.token) else { return false }
        return context.expiry(of: Memory.token).map { context.now < $0 } ?? true
    }

    private var isSameClient: Bool { context.remembered(Memory.client) == context.setting(Setting.clientID) }

    private func askToken(_ notes: SessionNotes) -> ChannelStep {
        guard let client = context.setting(Setting.clientID) else { return failed(.reconnectNeeded, .badKeys, notes) }
        var notes = notes
        (notes.phase, notes.isRenewed) = (.token, true)
        return .request(api.token(client: client), state: notes.json)
    }

    private func granted(
        _ answer: AvitoAnswer, _ notes: SessionNotes, _ perform: (SessionNotes, StepInput) -> ChannelStep
    ) -> ChannelStep {
        switch answer {
        case .ok(let result):
            guard let token = result["access_token"]?.string, isToken(token) else {
                return failed(.retry(after: nil, scope: .channel), .unexpected, notes)
            }
            var notes = notes
            notes.phase = .work
            let seconds = min(max(result["expires_in"]?.int ?? 86_400, 1), 31_536_000)
            // In the last fifth of its life it is not used any more.
            var remember = [
                Remembered(Memory.token, token, isSecret: true, expiresAt: context.now.saturatingAdding(seconds * 800)),
                Remembered(Memory.client, context.setting(Setting.clientID)),
            ]
            if !isSameClient { remember.append(Remembered(Memory.user, nil)) }
            return perform(notes, .start).remembering(remember)
        case .error(let error) where [400, 401, 403].contains(error.code):
            return failed(.reconnectNeeded, .badKeys, notes)
        case .error, .unreadable:
            let failure = ChannelFailure(answer)
            return failed(failure.kind, failure.reason, notes)
        }
    }

    // MARK: Identity

    private var knownUser: Int64? { isSameClient ? context.remembered(Memory.user).flatMap { Int64($0) } : nil }

    private func askIdentity(_ notes: SessionNotes) -> ChannelStep {
        var notes = notes
        notes.phase = .identity
        return .request(api.myself(), state: notes.json)
    }

    private func identified(
        _ answer: AvitoAnswer, _ notes: SessionNotes, _ perform: (SessionNotes, StepInput) -> ChannelStep
    ) -> ChannelStep {
        guard case .ok(let result) = answer, let account = ChannelAccount(avito: result), let user = Int64(account.id) else {
            let failure = ChannelFailure(answer)
            return failed(failure.kind, failure.reason, notes)
        }
        var notes = notes
        (notes.phase, notes.user) = (.work, user)
        return perform(notes, .start).remembering([Remembered(Memory.user, account.id)])
    }

    // MARK: Wrapping

    private func failed(_ kind: OperationFailure.Kind, _ reason: Reason, _ notes: SessionNotes) -> ChannelStep {
        .failed(kind, reason, sent: notes.sent, resume: notes.resuming(notes.work))
    }

    /// The operation's own step, with its state inside ours.
    private func wrapped(_ step: ChannelStep, _ notes: SessionNotes) -> ChannelStep {
        switch step {
        case .request(let request, let state, let remember):
            var notes = notes
            notes.work = state
            return .request(request, state: notes.json, remember: remember)
        case .result(.failed(var failure), let remember):
            failure.resume = failure.resume.map(notes.resuming)
            return .result(.failed(failure), remember: remember)
        case .result: return step
        }
    }
}

extension ChannelStep {
    /// The same step, which also remembers `values`, unless it remembers newer ones by itself.
    func remembering(_ values: [Remembered]) -> ChannelStep {
        switch self {
        case .request(let request, let state, let own):
            .request(request, state: state, remember: values + own)
        case .result(let result, let own): .result(result, remember: values + own)
        }
    }
}

extension ChannelAccount {
    /// From the answer to "who am I".
    init?(avito: JSON) {
        guard let id = avito["id"]?.int, id > 0 else { return nil }
        let name = avito["name"]?.string ?? ""
        self.init(id: String(id), name: name.isEmpty ? String(id) : name, url: avito["profile_url"]?.string)
    }

    /// The same in Avito's form, as an operation's note.
    var avito: JSON {
        var object = JSON.Object()
        object.add("id", Int64(id))
        object.add("name", name)
        object.add("profile_url", url)
        return .object(object)
    }
}
