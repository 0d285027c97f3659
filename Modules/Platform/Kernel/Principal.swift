/// What a member of an account may do. Dotted names are the public vocabulary of roles and API keys.
package enum Permission: String, Codable, CaseIterable, Sendable {
    case readConversations = "conversation.read"
    case replyToConversations = "conversation.reply"
    case assignConversations = "conversation.assign"
    /// To write to somebody in quiet hours, or above the daily cap.
    case overrideSendingRules = "conversation.override"
    case readKnowledge = "knowledge.read"
    case writeKnowledge = "knowledge.write"
    case readBot = "bot.read"
    case writeBot = "bot.write"
    case readChannels = "channel.read"
    case writeChannels = "channel.write"
    case readUsers = "user.read"
    case writeUsers = "user.write"
    case readContacts = "contact.read"
    case writeContacts = "contact.write"
    case readCalendar = "calendar.read"
    case writeCalendar = "calendar.write"
    case readAudit = "audit.read"
    case readUsage = "usage.read"
    case readPrivacy = "privacy.read"
    case writePrivacy = "privacy.write"
    case writeAPIKeys = "apikey.write"
    case readWebhooks = "webhook.read"
    case writeWebhooks = "webhook.write"
}

/// A named set of permissions.
package enum Role: String, Codable, CaseIterable, Sendable {
    case owner, admin, `operator`, analyst

    package var permissions: Set<Permission> {
        switch self {
        case .owner, .admin: Set(Permission.allCases)
        case .operator:
            [
                .readConversations, .replyToConversations, .assignConversations, .readKnowledge, .readBot, .readChannels,
                .readUsers, .readContacts, .writeContacts, .readCalendar, .writeCalendar,
            ]
        case .analyst: [.readConversations, .readKnowledge, .readBot, .readChannels, .readUsage, .readCalendar]
        }
    }

    /// Whether someone with this role may give `other` to somebody: nobody hands out more than they have.
    package func mayGrant(_ other: Role) -> Bool {
        switch self {
        case .owner: true
        case .admin: other != .owner
        case .operator, .analyst: false
        }
    }
}

/// Who acts: a signed-in person, an API key, the bot, or the system itself.
package enum Actor: Hashable, Sendable {
    case user(UserID)
    case apiKey(Identifier<APIKeySubject>)
    case bot
    case system

    /// The word of the audit trail.
    package var kind: String {
        switch self {
        case .user: "user"
        case .apiKey: "api_key"
        case .bot: "bot"
        case .system: "system"
        }
    }

    /// The user's or key's id.
    package var reference: String? {
        switch self {
        case .user(let id): id.description
        case .apiKey(let id): id.description
        case .bot, .system: nil
        }
    }
}

package enum APIKeySubject {}

/// The authenticated caller of a request, in the one account it may touch.
package struct Principal: Sendable {
    package let account: AccountID
    package let actor: Actor
    package let name: String
    package let role: Role?
    package let permissions: Set<Permission>

    package init(account: AccountID, actor: Actor, name: String, role: Role?, permissions: Set<Permission>) {
        (self.account, self.actor, self.name) = (account, actor, name)
        (self.role, self.permissions) = (role, permissions)
    }

    /// The person behind the request; nil for an API key.
    package var user: UserID? {
        if case .user(let id) = actor { id } else { nil }
    }
}
