import Hummingbird
import Kernel
import NIOCore
import NIOHTTPTypes
import Synchronization

/// Closes connections that keep us waiting: a header that does not end, a body that trickles, too many from one address.
///
/// Hummingbird's idle timeout covers silence between requests only.
final class SlowClientHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart

    private let limits: ConnectionLimits
    private let counter: ConnectionCounter
    private var address: String?
    private var deadline: Scheduled<Void>?
    private var bodyBytes = 0
    private var bodyStart = NIODeadline.now()

    init(limits: ConnectionLimits, counter: ConnectionCounter) { (self.limits, self.counter) = (limits, counter) }

    func handlerAdded(context: ChannelHandlerContext) { if context.channel.isActive { open(context) } }
    func channelActive(context: ChannelHandlerContext) {
        open(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        if let address { counter.left(address) }
        address = nil
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            deadline?.cancel()
            (bodyBytes, bodyStart) = (0, .now())
            watchBody(context)
        case .body(let buffer): bodyBytes += buffer.readableBytes
        case .end: deadline?.cancel()
        }
        context.fireChannelRead(data)
    }

    private func open(_ context: ChannelHandlerContext) {
        guard address == nil else { return }
        let peer = ClientAddress(context.channel.remoteAddress?.ipAddress ?? "")
        guard counter.entered(peer) else {
            context.close(promise: nil)
            return
        }
        address = peer.network
        close(context, after: limits.headerDeadline)
    }

    private func close(_ context: ChannelHandlerContext, after delay: Duration) {
        let channel = context.channel
        deadline?.cancel()
        deadline = context.eventLoop.scheduleTask(in: .nanoseconds(delay.wholeMicroseconds * 1_000)) {
            channel.close(promise: nil)
        }
    }

    private func watchBody(_ context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let grace = limits.bodyGrace
        deadline = context.eventLoop.scheduleTask(in: .nanoseconds(grace.wholeMicroseconds * 1_000)) {
            let (handler, context) = bound.value
            let elapsed = Double((NIODeadline.now() - handler.bodyStart).nanoseconds) / 1e9
            if Double(handler.bodyBytes) < (elapsed - 0.9 * grace.inSeconds) * Double(handler.limits.bodyRate) {
                context.close(promise: nil)
            } else {
                handler.watchBody(context)
            }
        }
    }
}

/// Open connections by address.
final class ConnectionCounter: Sendable {
    private let perAddress: Int
    private let counts = Mutex<[String: Int]>([:])

    init(perAddress: Int) { self.perAddress = perAddress }

    /// False when the address has its share already. Loopback is exempt: there sit the reverse proxy and the tests.
    func entered(_ client: ClientAddress) -> Bool {
        counts.withLock { counts in
            let now = counts[client.network, default: 0]
            guard now < perAddress || client.isLoopback else { return false }
            counts[client.network] = now + 1
            return true
        }
    }

    func left(_ address: String) {
        counts.withLock { counts in
            guard let now = counts[address] else { return }
            counts[address] = now > 1 ? now - 1 : nil
        }
    }
}
