import ChannelKit

/// What an operation's state holds beside its own notes: how far the access to the account has come.
struct SessionNotes {
    enum Phase: String { case token, identity, work }
    var phase: Phase
    /// A token was got during this operation: another 401 or 403 is a real one.
    var isRenewed: Bool
    /// Whose account the requests are for.
    var user: Int64?
    /// The operation's own state.
    var work: JSON?

    init(_ state: JSON?) {
        phase = state?["at"]?.string.flatMap(Phase.init) ?? .work
        isRenewed = state?["renewed"]?.bool ?? false
        user = state?["user"]?.int
        work = state?["work"]
    }

    var json: JSON {
        var object = JSON.Object()
        if phase != .work { object.add("at", phase.rawValue) }
        object.add("renewed", flag: isRenewed)
        object.add("user", user)
        object.add("work", work)
        return .object(object)
    }

    /// What to go on from some time later, when the token may have run out again and the keys may be others.
    func resuming(_ work: JSON?) -> JSON {
        var later = self
        (later.phase, later.isRenewed, later.user, later.work) = (.work, false, nil, work)
        return later.json
    }

    /// Parts that a delivery has brought out already, wherever it stops.
    var sent: [String] { work?["sent"]?.texts ?? [] }
}
