/// Whether `given` is the secret. The time taken depends on the length of `given` alone, not on where they differ.
///
/// An empty or missing secret matches nothing.
public func isSameSecret(_ given: String?, _ expected: String?) -> Bool {
    guard let given, let expected, !expected.isEmpty else { return false }
    let wanted = Array(expected.utf8)
    var difference = given.utf8.count ^ wanted.count
    var index = 0
    for byte in given.utf8 {
        difference |= Int(byte ^ wanted[index])
        index = index + 1 == wanted.count ? 0 : index + 1
    }
    return difference == 0
}

/// Whether `given` is `prefix` and the HMAC-SHA256 of `message` under `key`, in lower-case hexadecimal. Which digits are wrong does
/// not show in the time taken.
///
/// An empty or missing key signs nothing.
public func isSignature(_ given: String?, of message: [UInt8], key: String?, prefix: String = "") -> Bool {
    guard let key, !key.isEmpty else { return false }
    return isSameSecret(given, prefix + Hexadecimal.lower(SHA256.authenticationCode(of: message, key: Array(key.utf8))))
}

/// Whether `text` can be kept as a secret and sent in a header: 1 to 4,096 characters of printable ASCII.
public func isToken(_ text: String) -> Bool {
    (1...4_096).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
}
