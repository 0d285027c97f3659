package import Kernel

package enum FileSubject {}
/// A file that came with a message or goes out with one.
package typealias FileID = Identifier<FileSubject>

/// A file as its readers know it.
package struct MediaFile: Sendable {
    package enum State: String, Codable, Sendable {
        /// It is announced and not here yet.
        case waiting
        /// It was uploaded and belongs to no message yet; it is thrown away after a day.
        case draft
        case stored
        /// The provider does not hand it over.
        case failed
        /// Longer than the product keeps.
        case tooLarge = "too-large"
    }

    package let id: FileID
    package let state: State
    /// image, video, audio, voice, document, animation, sticker, video-note
    package let kind: String
    package let name: String
    /// What the bytes look like, not what somebody claims; empty before they are here.
    package let mime: String
    /// In bytes.
    package let size: Int64

    package init(id: FileID, state: State, kind: String, name: String, mime: String, size: Int64) {
        (self.id, self.state, self.kind) = (id, state, kind)
        (self.name, self.mime, self.size) = (name, mime, size)
    }
}

/// A file that somebody wants to send.
package struct MediaUpload: Sendable {
    /// In bytes; of files that come in as well.
    package static let largest = 25 << 20
    /// In bytes; what somebody may send whom nobody knows.
    package static let largestOfVisitor = 10 << 20
    package let bytes: [UInt8]
    package let name: String
    package let claimedType: String

    package init(bytes: [UInt8], name: String, claimedType: String) {
        (self.bytes, self.name, self.claimedType) = (bytes, name, claimedType)
    }
}

/// The bytes of a file, piece by piece.
package struct MediaContent: Sendable {
    package let file: MediaFile
    /// Nil at the end. Throws when the file is damaged or its storage away.
    package let next: @Sendable () async throws -> [UInt8]?

    package init(file: MediaFile, next: @escaping @Sendable () async throws -> [UInt8]?) {
        (self.file, self.next) = (file, next)
    }
}

/// The files of messages. They lie sealed under the key of the person of the thread: with the key, all of them are gone.
package protocol MediaLibrary: Sendable {
    func files(_ ids: [FileID], of account: AccountID) async throws -> [FileID: MediaFile]

    /// Keeps an upload for the thread of `address`, as a draft. Its type is found out, and what its picture tells of where it was taken is
    /// removed. Throws `Problem.tooLarge`, and `.invalid` for what `channel` cannot send, saying what it can.
    func add(_ upload: MediaUpload, for address: SealedAddress, in channel: ChannelID, account: AccountID) async throws
        -> MediaFile

    /// Makes a draft part of a message. Throws `Problem.notFound` for what is no draft of this thread.
    func attach(_ id: FileID, for address: SealedAddress, in transaction: any Transaction) throws

    /// The bytes from `offset` on; nil when there is no such file or it is not here.
    func content(of id: FileID, from offset: Int64, account: AccountID) async throws -> MediaContent?
}

/// A file of an incoming message arrived, or will not.
package struct MediaSettled: Event {
    package static let name = "channels.media-settled.v1"
    /// What announced the message that the file belongs to.
    package let inbound: Identifier<InboundSubject>
    package let file: FileID
    package var subject: String { inbound.description }

    package init(inbound: Identifier<InboundSubject>, file: FileID) { (self.inbound, self.file) = (inbound, file) }
}

extension FileID {
    /// The file at `position` among those of an incoming event: the event's id tells it without a look-up.
    package init(of inbound: Identifier<InboundSubject>, at position: Int) {
        self.init(high: inbound.high, low: inbound.low ^ (UInt64(truncatingIfNeeded: position &+ 1) << 40))
    }
}
