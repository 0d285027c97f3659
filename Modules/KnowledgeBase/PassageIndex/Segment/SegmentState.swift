/// A segment as one snapshot of the index sees it.
struct SegmentState: Sendable {
    let segment: Segment
    var live: LivePassages
    /// The name of its file; nil while it is only in memory.
    var file: String?

    init(_ segment: Segment, file: String? = nil) {
        (self.segment, self.file) = (segment, file)
        live = LivePassages(all: segment.passages)
    }
}
