import ChannelKit

/// How far one attempt to sign in has come. It holds no code and no password.
struct SignInAttempt {
    /// Which answer comes next.
    enum Stage: String { case status, look, picture, pairing, number, code, password }

    let platform: Platform
    private(set) var question: SignInProgress.Question?
    private(set) var at = Stage.status
    private let context: ChannelContext
    private let method: SignInMethod
    private let phone: String
    /// Until when what was shown is good, in milliseconds since 1970; 0 while nothing is shown.
    private var until: Int64 = 0

    /// Wappi's codes for WhatsApp live 160 seconds.
    private static let pairingLife: Int64 = 160_000
    /// A QR code is a new one every twenty seconds.
    private static let pictureLife: Int64 = 18_000

    init(_ context: ChannelContext, _ platform: Platform, _ method: SignInMethod, phone: String) {
        (self.context, self.platform, self.method, self.phone) = (context, platform, method, phone)
    }

    init?(_ state: JSON?, _ context: ChannelContext) {
        guard let state, let platform = state["platform"]?.string.flatMap(Platform.init(rawValue:)),
            let method = state["method"]?.string.flatMap(SignInMethod.init)
        else { return nil }
        self.init(context, platform, method, phone: state["phone"]?.string ?? "")
        question = state["question"]?.string.flatMap(SignInProgress.Question.init)
        at = state["at"]?.string.flatMap(Stage.init) ?? .status
        until = state["until"]?.int ?? 0
    }

    private var json: JSON {
        var object = JSON.Object(reserving: 6)
        object.add("platform", platform.rawValue)
        object.add("method", method.rawValue)
        object.add("phone", phone)
        object.add("question", question?.rawValue)
        object.add("at", at.rawValue)
        object.add("until", until)
        return .object(object)
    }

    /// The same for a profile of another messenger.
    func of(_ platform: Platform) -> SignInAttempt { SignInAttempt(context, platform, method, phone: phone) }

    func ask(_ stage: Stage) -> ChannelStep {
        let api = WappiAPI(context, platform)
        var next = self
        next.at = stage
        let request: HTTPRequest =
            switch stage {
            case .status, .look: api.get("/sync/get/status")
            case .picture: api.get(platform == .whatsapp ? "/sync/qr/get" : "/sync/auth/qr")
            case .pairing: api.get("/sync/auth/code", [("phone", phone)])
            case .number: api.post("/sync/auth/phone", [], ["phone": .string(phone)])
            case .code: api.post("/sync/auth/code", member: "auth_code", secret: SignInAct.answerSecret)
            case .password: api.post("/sync/auth/2fa", member: "pwd_code", secret: SignInAct.answerSecret)
            }
        return .request(request, state: next.json)
    }

    func read(_ answer: Answer, at now: Int64) -> ChannelStep {
        switch (answer, at) {
        case (.done(let object), .status):
            return remembering(ProfileStatus(object).isSignedIn ? signedIn : begin)
        case (.done(let object), .look):
            return ProfileStatus(object).isSignedIn ? signedIn : stillOut(at: now)
        case (.done(let object), _): return continued(object, at: now)
        case (.refused(let refusal), _) where refusal.code == 400 || refusal.code == 200: return refused(refusal)
        case (let answer, _): return ChannelFailure(answer).step
        }
    }

    private var begin: ChannelStep {
        switch (method, platform) {
        case (.picture, _): ask(.picture)
        case (.phone, .whatsapp): ask(.pairing)
        case (.phone, .telegram): ask(.number)
        case (.phone, .max): .failed(.permanent, .onlyByPicture)
        }
    }

    private func remembering(_ step: ChannelStep) -> ChannelStep {
        let remember = [Remembered(Memory.platform, platform.rawValue)]
        switch step {
        case .request(let request, let state, _): return .request(request, state: state, remember: remember)
        case .result(let result, _): return .result(result, remember: remember)
        }
    }

    private func stillOut(at now: Int64) -> ChannelStep {
        guard question == nil, until > 0, now >= until else { return shown(.waiting) }
        return method == .picture ? ask(.picture) : .failed(.permanent, .codeTooOld)
    }

    private func continued(_ answer: JSON.Object, at now: Int64) -> ChannelStep {
        let detail = answer.text("detail")?.lowercased() ?? ""
        switch at {
        case .status, .look: return shown(.waiting)
        case .picture:
            if detail.contains("2fa") { return asks(.password) }
            guard let picture = Self.picture(answer) else { return .failed(.retry(after: 5_000, scope: .channel), .noPicture) }
            let until = now.saturatingAdding(Self.pictureLife)
            return shown(.picture(base64: picture, until: until), until: until)
        case .pairing:
            guard let code = answer.text("code") ?? answer.text("detail") else { return .failed(.permanent, .codeRefused) }
            let until = now.saturatingAdding(Self.pairingLife)
            return shown(.code(String(code.prefix(20)), until: until), until: until)
        case .number: return asks(.code)
        case .code, .password:
            if detail.contains("auth_success") { return signedIn }
            if detail.contains("2fa"), at == .code { return asks(.password) }
            return again
        }
    }

    private func refused(_ refusal: Refusal) -> ChannelStep {
        switch at {
        case .status, .look: return ChannelFailure(refusal).step
        case .picture where refusal.says("2fa"), .code where refusal.says("2fa"): return asks(.password)
        case .picture: return .failed(.retry(after: 5_000, scope: .channel), .noPicture)
        case .pairing, .number: return .failed(.permanent, .codeRefused)
        case .code, .password: return again
        }
    }

    /// The last answer was wrong.
    private var again: ChannelStep { at == .code ? asks(.code, .wrongCode) : asks(.password, .wrongPassword) }

    private func asks(_ question: SignInProgress.Question, _ reason: Reason? = nil) -> ChannelStep {
        var next = self
        next.question = question
        return next.shown(.asks(question, reason))
    }

    private func shown(_ progress: SignInProgress, until: Int64? = nil) -> ChannelStep {
        var next = self
        if let until { next.until = until }
        return .result(.signIn(progress, state: next.json))
    }

    private var signedIn: ChannelStep { shown(.signedIn) }

    /// The PNG as base64, whichever member holds it, with or without the prefix of a data address.
    private static func picture(_ answer: JSON.Object) -> String? {
        for key in ["qrCode", "qr_code", "detail"] {
            guard var text = answer.text(key) else { continue }
            if text.hasPrefix("data:"), let comma = text.firstIndex(of: ",") { text = String(text[text.index(after: comma)...]) }
            // Every PNG begins so.
            if text.hasPrefix("iVBORw0KGgo"), text.utf8.count <= 200_000 { return text }
        }
        return nil
    }
}
