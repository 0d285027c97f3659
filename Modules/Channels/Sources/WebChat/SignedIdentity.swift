import Foundation
import Kernel
import Vault
import WireJSON

/// Whom the owner's own site signed in, as it says under its secret.
///
/// A compact JWS (RFC 7515) with HS256 and no other algorithm, whatever its header asks for. Its claims are those of RFC 7519: `sub` is the
/// site's own id of the person, `exp` is required and at most a day ahead, `aud` names the chat's key if it is there; `name`, `email` and
/// `phone` are optional.
struct SignedIdentity: Hashable, Sendable {
    let subject: String
    let name: String?
    let email: String?
    let phone: String?

    private static let longest = 4_096
    private static let furthest: Double = 86_400
    /// How far the site's clock may be ahead of ours, in seconds.
    private static let leeway: Double = 60

    /// Throws `Problem.invalid` with what the site's developer has to change.
    init(_ token: String, secrets: [String], chat key: String, now: Instant) throws {
        guard token.utf8.count <= Self.longest else { throw Self.refusal("at most \(Self.longest) bytes") }
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Self.object(parts[0]), let claims = Self.object(parts[1]),
            let signature = [UInt8](base64URL: parts[2])
        else { throw Self.refusal("is no compact JWS: three parts of base64url with dots between") }
        guard header["alg"]?.string == "HS256" else { throw Self.refusal("must be signed with HS256") }
        guard header["crit"] == nil else { throw Self.refusal("asks for extensions that do not exist here") }
        let signed = Array("\(parts[0]).\(parts[1])".utf8)
        // Every secret is tried, so that the time does not tell which one fits.
        let fits = secrets.map { Digest.constantTimeEqual(Digest.hmacSHA256(signed, key: $0.utf8), signature) }
        guard fits.contains(true) else { throw Self.refusal("is not signed with the secret of this chat") }
        try Self.checkTimes(claims, now: Double(now.microseconds) / 1_000_000)
        try Self.checkAudience(claims["aud"], key)
        guard let subject = claims["sub"]?.string ?? claims["sub"]?.int.map(String.init), (1...200).contains(subject.utf8.count)
        else { throw Self.refusal("names nobody: sub is the site's id of the person, 1 to 200 bytes") }
        self.subject = subject
        name = claims["name"]?.string.map { String($0.prefix(100)) }
        email = VisitorAnswers.email(claims["email"]?.string)
        phone = VisitorAnswers.phone(claims["phone"]?.string)
    }

    private static func checkTimes(_ claims: JSON.Object, now: Double) throws {
        guard let end = claims["exp"]?.double else { throw refusal("has no end: exp is required") }
        guard now < end else { throw refusal("has expired") }
        guard end <= now + furthest + leeway else { throw refusal("is valid for too long: exp is at most a day ahead") }
        if let start = claims["nbf"], (start.double ?? .infinity) > now + leeway { throw refusal("is not valid yet") }
    }

    private static func checkAudience(_ audience: JSON?, _ key: String) throws {
        guard let audience, !audience.isNull else { return }
        guard audience.string == key || audience.array?.contains(where: { $0.string == key }) == true else {
            throw refusal("is for another chat: aud is not this chat's key")
        }
    }

    private static func object(_ part: Substring) -> JSON.Object? {
        [UInt8](base64URL: part).flatMap { try? JSON.parse($0, limits: JSONLimits(nodes: 200)) }?.object
    }

    private static func refusal(_ reason: String) -> Problem { .invalid(field: "identity", reason) }
}
