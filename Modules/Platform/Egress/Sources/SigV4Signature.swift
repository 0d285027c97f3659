import Kernel
import Vault

/// AWS Signature Version 4 of one request, in the form that S3 reads: the path is signed as it is written.
///
/// Not curl's own: Debian's 7.88 signs the fields that it was told to leave out as well, and the store then misses them.
struct SigV4Signature {
    /// What the signed request carries beside its own fields.
    let fields: [EgressHeaders.Field]

    /// Signs every one of `fields`. A body is covered when they hold its `x-amz-content-sha256`; otherwise TLS protects it.
    init(
        _ credential: SigV4Credential, _ method: EgressMethod, _ target: EgressTarget, _ fields: [EgressHeaders.Field],
        at now: Instant
    ) {
        let clock = String(now.description.prefix(19).filter { $0 != "-" && $0 != ":" }) + "Z"
        var added = [EgressHeaders.Field("x-amz-date", clock)]
        let given = fields.first { $0.name.lowercased() == "x-amz-content-sha256" }
        let payload = given?.value ?? "UNSIGNED-PAYLOAD"
        if given == nil { added.append(EgressHeaders.Field("x-amz-content-sha256", payload)) }

        var values: [String: [String]] = ["host": [target.authority]]
        for field in fields + added { values[field.name.lowercased(), default: []].append(field.value.collapsed) }
        let names = values.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let lines = names.map { "\($0):\((values[$0] ?? []).joined(separator: ","))\n" }.joined()
        let signed = names.joined(separator: ";")
        let request = [method.rawValue, target.path, target.sortedQuery, lines, signed, payload].joined(separator: "\n")

        let scope = [String(clock.prefix(8)), credential.region, credential.service, "aws4_request"]
        let text = ["AWS4-HMAC-SHA256", clock, scope.joined(separator: "/"), Digest.sha256(request).hex].joined(separator: "\n")
        let key = scope.reduce(Array("AWS4\(credential.secretKey)".utf8)) { Digest.hmacSHA256($1.utf8, key: $0) }
        let signature = Digest.hmacSHA256(text.utf8, key: key).hex
        added.append(
            EgressHeaders.Field(
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=\(credential.accessKey)/\(scope.joined(separator: "/")), SignedHeaders=\(signed), "
                    + "Signature=\(signature)"))
        self.fields = added
    }
}

extension String {
    /// Without blanks around it and with single ones inside, as the signature is computed.
    fileprivate var collapsed: String { split { $0 == " " || $0 == "\t" }.joined(separator: " ") }
}
