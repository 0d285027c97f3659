/// A plugin's notes between two steps of one operation: opaque text of at most 64 KB, without secrets.
package struct PluginState: Hashable, Sendable {
    package let text: String

    package init(_ text: String) { self.text = text }
}

/// What became of the last request.
package enum StepInput: Hashable, Sendable {
    case start
    case response(PluginResponse)
    /// `notSent`: the provider certainly did not get the request. `unknown`: it may have.
    case failure(RequestFailure)
}

package enum RequestFailure: String, Hashable, Sendable {
    case notSent = "not-sent"
    case unknown
}

package struct PluginResponse: Hashable, Sendable {
    package var status: Int
    package var headers: [NameValue]
    package var body: [UInt8]

    package init(status: Int, headers: [NameValue] = [], body: [UInt8]) {
        (self.status, self.headers, self.body) = (status, headers, body)
    }
}

package enum ChannelStep: Hashable, Sendable {
    /// Perform the request, then call `step` again with `state`.
    case request(PluginRequest, state: PluginState, remember: [Remembered])
    case result(OperationResult, remember: [Remembered])
}

/// How an operation ended.
package enum OperationResult: Hashable, Sendable {
    /// The provider's ids of the messages, in order; empty for actions that make none.
    case sent(messages: [String])
    /// Ask again after `pause`. Commit `events` together with what is to be remembered.
    case polled([InboundEvent], pause: Duration)
    case connected(ChannelAccount)
    case disconnected
    case health(ChannelHealth)
    case file(FileLocation)
    /// `referral` is what the chat is about, where it is about something: a marketplace's listing.
    case profile(ContactIdentity, referral: Referral? = nil)
    /// The provider does not have the message: it may be sent again.
    case notFound
    /// Hand `state` back with the next act.
    case signIn(SignInProgress, state: PluginState)
    case failed(OperationFailure)
}

package struct OperationFailure: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// Try again, not before `after`; nil leaves the delay to the host's backoff.
        case retry(after: Duration?, scope: Scope)
        /// It will never work.
        case permanent
        /// As `permanent`, and the customer cannot be reached until they write again.
        case blocked
        /// The channel's credentials no longer work.
        case reconnectNeeded
        /// It may or may not have happened: never repeat blindly.
        case uncertain
    }
    package enum Scope: String, Hashable, Sendable { case chat, channel }

    package var kind: Kind
    package var reason: PluginReason
    /// Parts that arrived before the failure.
    package var sent: [String]
    /// Hand it back as `state` to go on where it stopped.
    package var resume: PluginState?

    package init(kind: Kind, reason: PluginReason, sent: [String] = [], resume: PluginState? = nil) {
        (self.kind, self.reason, self.sent, self.resume) = (kind, reason, sent, resume)
    }
}

/// Our own identity at the provider.
package struct ChannelAccount: Hashable, Sendable {
    /// Matches `InboundEvent.account`.
    package var id: String
    package var name: String
    package var username: String?
    /// Where customers write to.
    package var url: String?

    package init(id: String, name: String, username: String? = nil, url: String? = nil) {
        (self.id, self.name, self.username, self.url) = (id, name, username, url)
    }
}

package struct ChannelHealth: Hashable, Sendable {
    package enum State: String, Hashable, Sendable {
        case healthy
        /// It works, but something needs attention.
        case degraded
        /// No messages arrive; `connect` may repair it.
        case broken
    }
    package var state: State
    package var account: ChannelAccount?
    /// Events waiting at the provider.
    package var pending: Int64?
    package var reason: PluginReason?
    /// The provider's own words about the last failure.
    package var detail: String?

    package init(
        state: State, account: ChannelAccount? = nil, pending: Int64? = nil, reason: PluginReason? = nil,
        detail: String? = nil
    ) {
        (self.state, self.account, self.pending) = (state, account, pending)
        (self.reason, self.detail) = (reason, detail)
    }
}

/// Where to fetch a file: perform `request` and stream its body into storage.
package struct FileLocation: Hashable, Sendable {
    package var request: PluginRequest
    package var name: String?
    package var mimeType: String?
    package var size: Int64?

    package init(request: PluginRequest, name: String? = nil, mimeType: String? = nil, size: Int64? = nil) {
        (self.request, self.name, self.mimeType, self.size) = (request, name, mimeType, size)
    }
}
