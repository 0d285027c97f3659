import enum ChannelKit.Hexadecimal
import enum ChannelKit.SHA256

/// What a provider would put into a signature's header. That the digits are right is for the test vectors to say.
package enum Signature {
    /// HMAC-SHA256 in lower-case hexadecimal.
    package static func hmac(of message: String, key: String) -> String {
        Hexadecimal.lower(SHA256.authenticationCode(of: Array(message.utf8), key: Array(key.utf8)))
    }

    package static func digest(of message: String) -> String { Hexadecimal.lower(SHA256.digest(Array(message.utf8))) }
}
