import ChannelsInterface
import Kernel
import ObjectStorage
import Persistence
import PluginHost
import Vault

/// The files of messages: rows in the database, sealed bytes in the storage.
struct MediaKeeper: MediaLibrary {
    let database: any Database
    let vault: Vault
    let storage: any ObjectStorage
    let channels: OpenChannels
    let time: any TimeSource

    static let largest = MediaUpload.largest
    /// Of all files of an account.
    static let quota: Int64 = 5 << 30
    /// Of it, what visitors may fill: the rest stays for the account's own people and its other channels.
    static let visitorQuota = quota / 5 * 4

    static func object(_ id: FileID, _ account: AccountID) throws -> ObjectKey {
        // 256 folders an account, so that none grows beyond what file systems are quick with.
        let key = ObjectKey("\(account)/\(String(id.low & 0xFF, radix: 16))/\(id)")
        guard let key else { throw Problem.notFound }
        return key
    }

    static func context(_ column: String, _ id: FileID, _ account: AccountID) -> SealContext {
        SealContext(table: "channels_file", column: column, row: id, account: account)
    }

    // MARK: reading

    func files(_ ids: [FileID], of account: AccountID) async throws -> [FileID: MediaFile] {
        let rows = try await database.read(in: account) { try MediaStore(transaction: $0).find(ids, of: account) }
        var found: [FileID: MediaFile] = [:]
        for row in rows { found[row.id] = try await file(row) }
        return found
    }

    /// Nil when the person was erased.
    private func file(_ row: MediaStore.Row) async throws -> MediaFile? {
        guard let key = try await key(row.identityKey, row.account) else { return nil }
        return MediaFile(
            id: row.id, state: row.state, kind: row.kind, name: try name(row, key), mime: row.mime, size: row.size)
    }

    private func name(_ row: MediaStore.Row, _ key: SubjectKey) throws -> String {
        row.name.isEmpty ? "" : try key.openText(Sealed(stored: row.name), as: Self.context("name", row.id, row.account))
    }

    func key(_ identity: [UInt8], _ account: AccountID) async throws -> SubjectKey? {
        do { return try await vault.key(for: try Intake.keyID(identity), in: account) } catch VaultError.keyDestroyed {
            return nil
        }
    }

    func content(of id: FileID, from offset: Int64, account: AccountID) async throws -> MediaContent? {
        let row = try await database.read(in: account) { try MediaStore(transaction: $0).find(id, of: account) }
        guard let row, row.state == .stored || row.state == .draft, let key = try await key(row.identityKey, account),
            let file = try await file(row)
        else { return nil }
        let pieces = SealedPieces(id: id, account: account, key: key)
        do {
            return MediaContent(
                file: file, next: try await pieces.opening(storage, Self.object(id, account), size: row.size, from: offset))
        } catch ObjectStorageError.notFound {
            return nil
        } catch let error as ObjectStorageError {
            throw Problem.unavailable("The file storage does not answer: \(error).")
        }
    }

    /// All of a file, for a request that takes it whole; nil when it is not here.
    func bytes(of id: FileID, account: AccountID) async throws -> [UInt8]? {
        guard let content = try await content(of: id, from: 0, account: account) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(clamping: content.file.size))
        while let piece = try await content.next() { bytes += piece }
        return bytes
    }

    // MARK: writing

    /// Stores what `next` gives as the bytes of `id` and says what they are.
    ///
    /// Pictures and films lose what their cameras wrote into them, for which they are held in memory whole; anything else passes through.
    /// Throws `Problem.tooLarge`.
    func keep(
        _ id: FileID, claimed: String, key: SubjectKey, account: AccountID,
        _ next: @escaping @Sendable () async throws -> [UInt8]?
    ) async throws -> (type: String, size: Int64) {
        var start: [UInt8] = []
        while start.count < FileType.prefix, let piece = try await next() { start += piece }
        var type = FileType.of(start, claimed: claimed)
        let source = Metered(start: start, limit: Self.largest, next)
        var content: @Sendable () async throws -> [UInt8]? = { try await source.next() }
        if ["image/", "video/", "audio/mp4"].contains(where: type.hasPrefix) {
            let whole = try await source.rest()
            let cleaned = PictureData.cleaned(whole, type: type)
            // What is not built as it should is nothing for a browser's decoder; whoever wants it can download it.
            if cleaned == nil, type != "image/gif", type != "video/webm" { type = FileType.unknown }
            let kept = Metered(start: cleaned ?? whole, limit: Self.largest) { nil }
            content = { try await kept.next() }
            try await put(id, account, key, content)
            return (type, Int64((cleaned ?? whole).count))
        }
        try await put(id, account, key, content)
        return (type, Int64(await source.count))
    }

    private func put(
        _ id: FileID, _ account: AccountID, _ key: SubjectKey, _ content: @escaping @Sendable () async throws -> [UInt8]?
    ) async throws {
        let pieces = SealedPieces(id: id, account: account, key: key)
        do { try await storage.put(try Self.object(id, account), pieces.sealing(content)) } catch ObjectStorageError.full {
            throw Problem.unavailable("The file storage is full.")
        } catch let error as ObjectStorageError {
            throw Problem.unavailable("The file storage does not take it: \(error).")
        }
    }

    func add(_ upload: MediaUpload, for address: SealedAddress, in channel: ChannelID, account: AccountID) async throws
        -> MediaFile
    {
        guard let open = try await channels.channel(channel, of: account) else { throw Problem.notFound }
        return try await add(upload, for: Array(address.bytes.prefix(16)), in: open, byVisitor: false)
    }

    /// As a draft for the thread of the person whose blind index `identity` is.
    func add(
        _ upload: MediaUpload, for identity: [UInt8], in open: OpenChannel, byVisitor: Bool
    ) async throws -> MediaFile {
        let (account, channel) = (open.account, open.id)
        let largest = byVisitor ? MediaUpload.largestOfVisitor : Self.largest
        guard !upload.bytes.isEmpty else { throw Problem.invalid(field: "file", "is empty") }
        guard upload.bytes.count <= largest else { throw Problem.tooLarge(limit: largest) }
        guard let key = try await key(identity, account) else { throw Problem.conflict("the customer's data was erased") }
        let used = try await database.read(in: account) { try MediaStore(transaction: $0).storedBytes(of: account) }
        guard used + Int64(upload.bytes.count) <= (byVisitor ? Self.visitorQuota : Self.quota) else {
            guard !byVisitor else { throw Problem.unavailable("This chat takes no files at the moment.") }
            throw Problem.conflict("the files of this account reach \(Self.quota >> 30) GB; delete some first")
        }
        let (type, content) = try Self.cleaned(upload)
        let kind = try Self.kind(of: type, bytes: content.count, on: open.driver.description.capabilities)
        let (id, now) = (FileID(), time.now())
        let name = FileName.safe(upload.name, type: type)
        let bytes = Metered(start: content, limit: Self.largest) { nil }
        // The bytes first: a crash leaves an object without a row, which `removeOrphans` finds, never a row without its object.
        try await put(id, account, key) { try await bytes.next() }
        failpoint("file.row.before_commit")
        let row = MediaStore.Row(
            account: account, id: id, channel: channel, identityKey: identity, inbound: nil, state: .draft, kind: kind,
            mime: type, size: Int64(content.count), name: try key.seal(name, as: Self.context("name", id, account)).stored,
            source: nil, createdAt: now, isVisitors: byVisitor)
        try await database.write(in: account) { try MediaStore(transaction: $0).insert(row) }
        return MediaFile(id: id, state: .draft, kind: kind, name: name, mime: type, size: Int64(content.count))
    }

    /// What goes out must not tell where it was taken: a picture of which that cannot be promised is not taken.
    private static func cleaned(_ upload: MediaUpload) throws -> (type: String, bytes: [UInt8]) {
        let type = FileType.of(upload.bytes, claimed: upload.claimedType)
        if let cleaned = PictureData.cleaned(upload.bytes, type: type) { return (type, cleaned) }
        if type.hasPrefix("image/"), type != "image/gif" {
            throw Problem.invalid(
                field: "file", "this picture is damaged, or of a kind that may tell where it was taken: save it as JPEG or PNG")
        }
        return (type.hasPrefix("video/") && type != "video/webm" || type == "audio/mp4" ? FileType.unknown : type, upload.bytes)
    }

    /// As what the channel sends it: its own kind where it can, else as a document.
    private static func kind(of type: String, bytes: Int, on capabilities: ChannelCapabilities) throws -> String {
        func takes(_ kind: String) -> Bool {
            capabilities.media.contains { limit in
                limit.kind.rawValue == kind && bytes <= limit.maxBytes
                    && (limit.mimeTypes.isEmpty || limit.mimeTypes.contains(type))
            }
        }
        let natural = FileType.kind(of: type)
        if let kind = [natural, natural == "voice" ? "audio" : natural, "document"].first(where: takes) { return kind }
        guard !capabilities.media.isEmpty else { throw Problem.invalid(field: "file", "this channel cannot send files") }
        let possible = capabilities.media.map { limit in
            "\(limit.kind.rawValue) up to \(max(1, limit.maxBytes >> 20)) MB"
                + (limit.mimeTypes.isEmpty ? "" : " (\(limit.mimeTypes.joined(separator: ", ")))")
        }
        throw Problem.invalid(field: "file", "this channel sends \(possible.joined(separator: "; "))")
    }

    func attach(_ id: FileID, for address: SealedAddress, in transaction: any Transaction) throws {
        let sql = try transaction.sql
        let isMine = try MediaStore(transaction: sql)
            .attach(id, identityKey: Array(address.bytes.prefix(16)), account: try sql.scopedAccount)
        guard isMine else { throw Problem.notFound }
    }

    /// Throws away uploads of yesterday that nobody sent.
    func removeAbandoned() async throws {
        let limit = time.now().advanced(by: .seconds(-86_400))
        let drafts = try await database.readSystem(.retention) {
            try MediaStore(transaction: $0).abandoned(before: limit, limit: 500)
        }
        for (account, id) in drafts {
            // Out of reach first, then the bytes, then the row: after a crash in between the next round goes on.
            let isGivenUp = try await database.write(in: account) { try MediaStore(transaction: $0).giveUp(id, account: account) }
            guard isGivenUp else { continue }
            try await storage.delete(try Self.object(id, account))
            try await database.write(in: account) { try MediaStore(transaction: $0).delete(id, account: account) }
        }
        _ = try await storage.sweep()
    }

    /// Removes objects that no row knows: what a crash left between the two.
    func removeOrphans() async throws {
        let limit = time.now().advanced(by: .seconds(-86_400))
        var cursor: ObjectKey?
        while true {
            let page = try await storage.list("", after: cursor, limit: 500)
            for entry in page where entry.changedAt < limit {
                let parts = entry.key.text.split(separator: "/")
                guard parts.count == 3, let account = AccountID(parts[0]), let id = FileID(parts[2]) else { continue }
                let row = try await database.read(in: account) { try MediaStore(transaction: $0).find(id, of: account) }
                if row == nil { try await storage.delete(entry.key) }
            }
            guard page.count == 500 else { return }
            cursor = page.last?.key
        }
    }

    /// Whether the account may keep another file.
    func hasRoom(_ account: AccountID) async throws -> Bool {
        try await database.read(in: account) { try MediaStore(transaction: $0).storedBytes(of: account) } < Self.quota
    }
}

/// Gives out what was read ahead, then the rest, and refuses more than `limit`.
actor Metered {
    private var start: [UInt8]?
    private let limit: Int
    private let source: @Sendable () async throws -> [UInt8]?
    private(set) var count = 0

    init(start: [UInt8], limit: Int, _ source: @escaping @Sendable () async throws -> [UInt8]?) {
        (self.start, self.limit, self.source) = (start.isEmpty ? nil : start, limit, source)
    }

    func next() async throws -> [UInt8]? {
        let piece: [UInt8]?
        if let start { (piece, self.start) = (start, nil) } else { piece = try await source() }
        count += piece?.count ?? 0
        guard count <= limit else { throw Problem.tooLarge(limit: limit) }
        return piece
    }

    func rest() async throws -> [UInt8] {
        var all: [UInt8] = []
        while let piece = try await next() { all += piece }
        return all
    }
}

/// Names of files as people may see them: no path, nothing that turns the text around or hides what kind of file it is.
enum FileName {
    private static let longest = 120

    private static let separators: Set<Unicode.Scalar> = ["/", "\\", ":", "*", "?", "\"", "<", ">", "|"]

    /// Never empty. Its ending is the claimed one, and `.bin` is added to what a system would run.
    static func safe(_ name: String, type: String) -> String {
        // Scalar by scalar: an accent must not hide a slash, nor may a thousand accents count as one letter.
        let visible = Array(name.unicodeScalars).filter { !isHidden($0) }
        let last = visible.split(whereSeparator: { separators.contains($0) }).last ?? []
        var bare = Array(last.drop(while: isBlank))
        // Systems drop dots and spaces at the end, and then what stands before them decides.
        while let end = bare.last, isBlank(end) { bare.removeLast() }
        if bare.count > longest { bare = Array(bare.prefix(longest - 20)) + Array("…".unicodeScalars) + Array(bare.suffix(19)) }
        guard !bare.isEmpty else { return "file" + (endings[type] ?? "") }
        var short = ""
        short.unicodeScalars.append(contentsOf: bare)
        let ending = short.lowercased().split(separator: ".").last.map(String.init) ?? ""
        return dangerous.contains(ending) ? short + ".bin" : short
    }

    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        let category = scalar.properties.generalCategory
        return category == .control || category == .format || category == .surrogate || category == .privateUse
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar == "." || scalar.properties.isWhitespace }

    private static let endings = [
        "image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "image/gif": ".gif", "video/mp4": ".mp4",
        "audio/ogg": ".ogg", "audio/mpeg": ".mp3", "audio/mp4": ".m4a", "application/pdf": ".pdf",
    ]
    private static let dangerous: Set = [
        "exe", "com", "scr", "bat", "cmd", "msi", "ps1", "vbs", "js", "jse", "wsf", "hta", "lnk", "reg", "jar", "apk", "app",
        "dmg",
        "sh", "html", "htm", "xhtml", "svg", "mht", "mhtml",
    ]
}
