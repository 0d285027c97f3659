import ChannelKit

/// Finds where a file is. The host then fetches it, without the token: links lead to storage of several owners.
struct Downloading {
    private let api: WappiAPI
    private let reference: FileReference?
    private let now: Int64

    init(_ api: WappiAPI, _ file: String, now: Int64) { (self.api, reference, self.now) = (api, FileReference(file), now) }

    func step(_ input: StepInput) -> ChannelStep {
        guard let reference else { return .failed(.permanent, .fileUnavailable) }
        switch input {
        case .start:
            // A link lives for 48 hours and more; a minute is for fetching it.
            if let url = reference.url, reference.message == nil || (reference.expires ?? 0) > now.saturatingAdding(60_000) {
                return found(url, mimeType: reference.mimeType)
            }
            guard let message = reference.message else { return .failed(.permanent, .fileUnavailable) }
            return .request(api.get("/sync/message/media/download", [("message_id", message)]), state: .null)
        case .notSent, .unknown: return ChannelFailure.silence
        case .response(let response): return read(Answer(response), reference)
        }
    }

    private func read(_ answer: Answer, _ reference: FileReference) -> ChannelStep {
        switch answer {
        case .done(let object):
            let mimeType = object.text("mime_type", "mimetype")
            // A known defect: parallel downloads of a profile can get each other's files.
            if let expected = reference.mimeType, let mimeType, Self.family(expected) != Self.family(mimeType) {
                return .failed(.retry(after: 5_000, scope: .channel), .mixedUp)
            }
            guard let url = object.text("file_link").flatMap(FileReference.address) else {
                return .failed(.permanent, object["file_b64"] == nil ? .fileUnavailable : .fileInline)
            }
            return found(url, mimeType: mimeType ?? reference.mimeType, name: object.text("file_name"))
        case .refused(let refusal):
            let failure = ChannelFailure(refusal)
            guard case .permanent = failure.kind else { return failure.step }
            return .failed(.permanent, .fileUnavailable)
        case .unreadable: return ChannelFailure(answer).step
        }
    }

    private static func family(_ mimeType: String) -> String { mimeType.prefix { $0 != "/" }.lowercased() }

    private func found(_ url: String, mimeType: String?, name: String? = nil) -> ChannelStep {
        .result(.file(HTTPRequest(fetching: url), name: name.map(WappiLimit.name), mimeType: mimeType.map(WappiLimit.name)))
    }
}
