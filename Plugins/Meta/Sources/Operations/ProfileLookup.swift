import ChannelKit

/// A customer's name and picture, as far as they may be known: it takes a permission, and on Instagram the customer's first message.
struct ProfileLookup {
    private let api: GraphAPI
    private let contact: String

    init(_ api: GraphAPI, contact: String) { (self.api, self.contact) = (api, contact) }

    func step(_ input: StepInput) -> ChannelStep {
        switch input {
        case .start:
            guard !contact.isEmpty, contact.utf8.allSatisfy(PercentEncoding.isUnreserved), contact != ".", contact != ".." else {
                return .failed(.permanent, .unknownContact)
            }
            let fields = api.transport.isInstagram ? "name,username,profile_pic" : "first_name,last_name,name,profile_pic,locale"
            return .request(api.request("GET", contact, [("fields", fields)]), state: .null)
        case .notSent, .unknown: return ChannelFailure.silence
        case .response(let response): return read(GraphAnswer(response))
        }
    }

    private func read(_ answer: GraphAnswer) -> ChannelStep {
        switch answer {
        case .ok(let person): return .result(.profile(identity(person)))
        // Nothing to tell: accounts by phone number, no consent yet.
        case .error(let error) where error.code == 230 || error.code == 2_018_218 || error.subcode == 2_018_218:
            return .result(.profile(ContactIdentity(id: contact)))
        case .error, .unreadable: return ChannelFailure(answer).step
        }
    }

    private func identity(_ person: JSON) -> ContactIdentity {
        let parts = [person["first_name"]?.string, person["last_name"]?.string].compactMap(\.self).filter { !$0.isEmpty }
        let name = person["name"]?.string ?? (parts.isEmpty ? nil : parts.joined(separator: " "))
        let locale = person["locale"]?.string?.replacing("_", with: "-")
        var result = ContactIdentity(
            id: contact, name: name?.isEmpty == false ? name : nil, username: person["username"]?.string, language: locale)
        // The host takes references of 1,024 bytes here; a shortened address leads nowhere.
        result.avatar = person["profile_pic"]?.string.flatMap { WebAddress.verbatim($0, upTo: 1_024) }
        return result
    }
}

/// A file's address is all there is: the host fetches it without a token, and soon, because it expires.
struct Downloading {
    private let file: String

    init(file: String) { self.file = file }

    func step() -> ChannelStep {
        guard let address = WebAddress.verbatim(file) else {
            return .failed(.permanent, .fileUnavailable)
        }
        return .result(.file(HTTPRequest(fetching: address)))
    }
}
