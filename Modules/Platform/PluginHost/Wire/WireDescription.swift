import WireJSON

extension ChannelDescription {
    init(_ object: JSON.Object) throws(WireError) {
        kind = try object.text("kind", max: 32)
        guard !kind.isEmpty, kind.utf8.allSatisfy(Self.isKindByte) else { throw WireError("kind") }
        title = try LocalizedText(object.object("title"))
        modes = try object.list("modes", max: 3) { value throws(WireError) in
            guard let mode = value.string.flatMap(ChannelMode.init) else { throw WireError("modes") }
            return mode
        }
        guard !modes.isEmpty else { throw WireError("modes") }
        settings = try object.objects("settings", max: 40) { value throws(WireError) in try SettingField(value) }
        guard Set(settings.map(\.name)).count == settings.count else { throw WireError("settings") }
        hosts = try object.texts("hosts", max: 40)
        webhookHeaders = try object.texts("webhookHeaders", max: 40).map { $0.lowercased() }
        let asked = try object.optionalInt("webhookBytes").map { Int(clamping: $0) }
        webhookBytes = min(max(asked ?? 1 << 20, 1 << 16), Self.mostWebhookBytes)
        signIn = try object.list("signIn", max: 2) { value throws(WireError) in
            guard let method = value.string.flatMap(SignInMethod.init) else { throw WireError("signIn") }
            return method
        }
        risk = try object.optionalObject("risk").map { value throws(WireError) in try LocalizedText(value) }
        sharedHook = try object.optionalObject("sharedHook").map { value throws(WireError) in try SharedHook(value) }
        capabilities = try ChannelCapabilities(object.object("capabilities"))
        if let sharedHook {
            let isKey = settings.contains { $0.name == sharedHook.secret && $0.isVerificationKey }
            guard isKey, modes.contains(.webhook) else { throw WireError("sharedHook") }
        }
    }

    private static func isKindByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
        default: false
        }
    }
}

extension SharedHook {
    init(_ object: JSON.Object) throws(WireError) {
        self.init(
            family: try object.identifier("family"), secret: try object.identifier("secret"),
            accounts: try object.texts("accounts", max: 10))
        guard !accounts.isEmpty else { throw WireError("accounts") }
    }
}

extension SettingField {
    init(_ object: JSON.Object) throws(WireError) {
        name = try object.identifier("name")
        kind = try object.choice("kind")
        title = try LocalizedText(object.object("title"))
        help = try LocalizedText(object.object("help"))
        isRequired = try object.flag("required")
        isSecret = try object.flag("secret")
        isVerificationKey = try object.flag("verificationKey")
        isGenerated = try object.flag("generated")
        defaultValue = try object.optionalText("default")
    }
}

extension ChannelCapabilities {
    init(_ object: JSON.Object) throws(WireError) {
        text = try TextLimit(object.object("text"))
        caption = try object.optionalObject("caption").map { value throws(WireError) in try TextLimit(value) }
        media = try object.objects("media", max: 20) { value throws(WireError) in try MediaLimit(value) }
        buttons = try object.optionalObject("buttons").map { value throws(WireError) in try ButtonLimits(value) }
        typing = try object.optionalDuration("typing")
        canReply = try object.flag("reply")
        canReact = try object.flag("react")
        canEdit = try object.flag("edit")
        canDelete = try object.flag("delete")
        canMarkRead = try object.flag("markRead")
        receipts = try object.list("receipts", max: 4) { value throws(WireError) in
            guard let state = value.string.flatMap(MessageStatus.State.init) else { throw WireError("receipts") }
            return state
        }
        replyWindow = try object.optionalDuration("replyWindow")
        personReplyWindow = try object.optionalDuration("personReplyWindow")
        personReplySetting = try object.optionalText("personReplySetting")
        canInitiate = try object.flag("initiate")
        echoes = try object.flag("echoes")
        canReconcile = try object.flag("reconcile")
        catchesUp = try object.flag("catchUp")
        isSerial = try object.flag("serial")
        channelRate = try object.optionalObject("channelRate").map { value throws(WireError) in try RateLimit(value) }
        chatRate = try object.optionalObject("chatRate").map { value throws(WireError) in try RateLimit(value) }
    }
}

extension TextLimit {
    init(_ object: JSON.Object) throws(WireError) {
        limit = Int(try object.int("limit", in: 1...1_000_000))
        unit = try object.choice("unit")
    }
}

extension MediaLimit {
    init(_ object: JSON.Object) throws(WireError) {
        kind = try object.choice("kind")
        maxBytes = Int(try object.int("maxBytes", in: 1...(1 << 40)))
        mimeTypes = try object.texts("mimeTypes", max: 100)
    }
}

extension ButtonLimits {
    init(_ object: JSON.Object) throws(WireError) {
        callbackBytes = Int(try object.int("callbackBytes", in: 1...65_536))
        titleCharacters = Int(try object.int("titleCharacters", in: 1...65_536))
        perRow = Int(try object.int("perRow", in: 1...100))
        total = Int(try object.int("total", in: 1...1_000))
    }
}

extension RateLimit {
    init(_ object: JSON.Object) throws(WireError) {
        requests = Int(try object.int("requests", in: 1...1_000_000))
        period = .milliseconds(try object.int("period", in: 1...86_400_000))
        burst = Int(try object.int("burst", in: 1...1_000_000))
    }
}
