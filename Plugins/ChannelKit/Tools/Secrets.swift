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
