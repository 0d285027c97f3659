/// How an account is signed in.
public enum SignInMethod: String, Sendable {
    /// The owner scans a picture, a QR code, with the messenger on their phone.
    case picture
    /// The owner names their phone number, then enters a code here or there.
    case phone
}

/// What the owner did, or waits for.
public enum SignInAct: Sendable {
    /// `phone` is as it was typed; with `.phone` alone.
    case begin(SignInMethod, phone: String?)
    /// Whether anything has changed; asked every few seconds while the owner looks at the screen.
    case look
    /// The owner typed what was asked for. It is the host's secret `answerSecret`: the plugin places it and never sees it.
    case answer

    /// The name of the secret that holds the code or password; only in operations of `answer`.
    public static let answerSecret = "sign_in_answer"
}

/// Where the signing in stands.
public enum SignInProgress: Sendable {
    /// Scan this: a PNG as base64, good until this moment in milliseconds since 1970. `look` brings the next one.
    case picture(base64: String, until: Int64)
    /// Enter this on the phone, until this moment.
    case code(String, until: Int64)
    /// Type what the messenger sent, or a password; with a reason when the last answer was wrong.
    case asks(Question, Reason?)
    /// What was shown or asked last still stands.
    case waiting
    case signedIn

    public enum Question: String, Sendable { case code, password }
}

extension Reason {
    /// The code that failures and health give when the account is signed out, and `signIn` would bring it back.
    public static let signedOutCode = "signed-out"
}
