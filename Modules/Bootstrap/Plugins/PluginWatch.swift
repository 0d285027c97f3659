import Synchronization

/// Passes on that a plugin fell or stands again. Bound late: plugins are loaded before there is anybody to tell.
final class PluginWatch: Sendable {
    private let listener = Mutex<(@Sendable (_ kind: String) -> Void)?>(nil)

    func bind(_ listener: @escaping @Sendable (_ kind: String) -> Void) { self.listener.withLock { $0 = listener } }

    func changed(_ kind: String) { listener.withLock { $0 }?(kind) }
}
