/// A reader's hold on a transfer: when the last one lets go, the connection is closed.
final class TransferLease: Sendable {
    private let transfer: CurlTransfer
    private let loop: CurlLoop
    /// The client: its end would cancel its streams.
    private let owner: any AnyObject & Sendable

    init(_ transfer: CurlTransfer, _ loop: CurlLoop, owner: any AnyObject & Sendable) {
        (self.transfer, self.loop, self.owner) = (transfer, loop, owner)
    }

    deinit { loop.cancel(transfer) }

    func resume() { loop.resume(transfer) }
    func cancel() { loop.cancel(transfer) }
}
