extension ChannelDescription {
    var wire: JSON.Object {
        var object = JSON.Object()
        object.add("kind", kind)
        object.add("title", title.wire)
        object.add("modes", .array(modes.map { .string($0.rawValue) }))
        object.add("settings", .array(settings.map { .object($0.wire) }))
        object.add("hosts", .array(hosts.map(JSON.string)))
        object.add("webhookBytes", webhookBytes)
        object.add("sharedHook", sharedHook?.wire)
        object.add("webhookHeaders", .array(webhookHeaders.map(JSON.string)))
        if !signIn.isEmpty { object.add("signIn", .array(signIn.map { .string($0.rawValue) })) }
        object.add("risk", risk?.wire)
        object.add("capabilities", capabilities.wire)
        return object
    }
}

extension SettingField {
    var wire: JSON.Object {
        var object = JSON.Object()
        object.add("name", name)
        object.add("kind", kind.rawValue)
        object.add("title", title.wire)
        object.add("help", help.wire)
        object.add("required", isRequired)
        switch secrecy {
        case .plain: break
        case .credential: object.add("secret", true)
        case .verificationKey:
            object.add("secret", true)
            object.add("verificationKey", true)
        }
        object.add("generated", isGenerated)
        object.add("default", defaultValue)
        return object
    }
}

extension ChannelCapabilities {
    var wire: JSON.Object {
        var object = JSON.Object()
        object.add("text", text.wire)
        object.add("caption", caption?.wire)
        object.add("media", .array(media.map { .object($0.wire) }))
        object.add("buttons", buttons?.wire)
        object.add("typing", typingSeconds.map(Self.milliseconds))
        object.add("reply", canReply)
        object.add("react", canReact)
        object.add("edit", canEdit)
        object.add("delete", canDelete)
        object.add("markRead", canMarkRead)
        object.add("receipts", .array(receipts.map { .string($0.rawValue) }))
        object.add("replyWindow", replyWindowSeconds.map(Self.milliseconds))
        object.add("personReplyWindow", personReplyWindowSeconds.map(Self.milliseconds))
        object.add("personReplySetting", personReplySetting)
        object.add("initiate", canInitiate)
        object.add("echoes", echoes)
        object.add("reconcile", canReconcile)
        object.add("catchUp", catchesUp)
        if isSerial { object.add("serial", true) }
        object.add("channelRate", channelRate?.wire)
        object.add("chatRate", chatRate?.wire)
        return object
    }

    fileprivate static func milliseconds(_ seconds: Int64) -> Int64 { Milliseconds.ofSeconds(seconds) }
}

extension TextLimit {
    var wire: JSON.Object {
        var object = JSON.Object()
        object.add("limit", Int64(limit))
        object.add("unit", unit.rawValue)
        return object
    }
}

extension MediaLimit {
    var wire: JSON.Object {
        var object = JSON.Object()
        object.add("kind", kind.rawValue)
        object.add("maxBytes", maxBytes)
        object.add("mimeTypes", .array(mimeTypes.map(JSON.string)))
        return object
    }
}

extension ButtonLimits {
    var wire: JSON.Object {
        var object = JSON.Object()
        object.add("callbackBytes", callbackBytes)
        object.add("titleCharacters", titleCharacters)
        object.add("perRow", perRow)
        object.add("total", total)
        return object
    }
}

extension RateLimit {
    var wire: JSON.Object {
        var object = JSON.Object()
        object.add("requests", requests)
        object.add("period", Milliseconds.ofSeconds(periodSeconds))
        object.add("burst", burst)
        return object
    }
}
