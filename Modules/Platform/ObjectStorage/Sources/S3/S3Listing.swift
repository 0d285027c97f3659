import Kernel

/// One page of a bucket's list.
struct S3Listing {
    private let contents: [S3Element]
    let isTruncated: Bool

    /// Nil when `body` is none.
    init?(_ body: [UInt8]) {
        guard let root = S3Element(body), root.name == "ListBucketResult" else { return nil }
        contents = root.all("Contents")
        isTruncated = root["IsTruncated"] == "true"
    }

    /// In the store's own words, with the prefix.
    var lastKey: String? { contents.last?["Key"] }

    /// The entries without `prefix`. What lies there under names that are no keys is not ours.
    func entries(below prefix: String) -> [ObjectEntry] {
        contents.compactMap { element in
            guard let text = element["Key"], text.hasPrefix(prefix), let key = ObjectKey(text.dropFirst(prefix.count)),
                let size = element["Size"].flatMap({ Int64($0) }),
                let changedAt = element["LastModified"].flatMap({ Instant($0) })
            else { return nil }
            return ObjectEntry(key: key, size: size, changedAt: changedAt)
        }
    }
}

extension S3Configuration {
    /// The key of what lies under `text` in the bucket; nil when it is not ours.
    func key(_ text: String) -> ObjectKey? { text.hasPrefix(prefix) ? ObjectKey(text.dropFirst(prefix.count)) : nil }
}
