package import Kernel

/// How an account is signed in.
package enum SignInMethod: String, Hashable, Sendable {
    /// The owner scans a picture with the messenger on their phone.
    case picture
    /// The owner names their phone number, then enters a code here or there.
    case phone
}

/// What the owner did, or waits for.
package enum SignInAct: Hashable, Sendable {
    case begin(SignInMethod, phone: String?)
    case look
    /// The owner typed what was asked for: it is the secret `answerSecret` of this operation alone.
    case answer

    package static let answerSecret = "sign_in_answer"
}

/// Where the signing in stands.
package enum SignInProgress: Hashable, Sendable {
    /// A picture to scan until this moment: what the plugin says is a PNG as base64.
    case picture(base64: String, until: Instant)
    /// A code to enter on the phone until this moment.
    case code(String, until: Instant)
    /// The reason is of the last answer, when it was wrong.
    case asks(Question, PluginReason?)
    /// What was shown or asked last still stands.
    case waiting
    case signedIn

    package enum Question: String, Codable, Hashable, Sendable { case code, password }
}

extension PluginReason {
    /// What failures and health say of an account that is signed out and that `signIn` would bring back.
    package static let signedOutCode = "signed-out"
}
