/// What one entry may hold. Characters are Unicode scalars.
package enum KnowledgeLimits {
    package static let title = 300
    package static let text = 2_000_000
    /// Of a file's name or an importer's id.
    package static let source = 300
    package static let question = 2_000
    /// Hits of one search.
    package static let hits = 50
    /// Bytes of an uploaded file.
    package static let file = 25 << 20
}
