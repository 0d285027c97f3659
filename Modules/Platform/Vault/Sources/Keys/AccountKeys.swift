/// What the one stored key of an account is used for, each use with a key of its own.
struct AccountKeys: Sendable {
    let wrapping: KeyWrapping
    let sealing: SubjectKey
    let index: BlindIndexer

    init(root: KeyMaterial) throws {
        wrapping = try KeyWrapping(root: root)
        sealing = try SubjectKey(root: root)
        index = BlindIndexer(key: try root.derived(for: .blindIndex))
    }
}
