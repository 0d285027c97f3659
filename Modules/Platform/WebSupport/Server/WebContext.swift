import Hummingbird
import HummingbirdCore
import Kernel
import Logging
import NIOCore

/// What Hummingbird keeps of a request for us.
struct WebContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let remoteAddress: String
    /// What problem documents and the log know the request by.
    let requestID: String

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        remoteAddress = source.channel.remoteAddress?.ipAddress ?? ""
        // Not Hummingbird's `id`, which traps under a log handler that keeps no metadata.
        requestID = source.logger[metadataKey: "hb.request.id"]?.description ?? EventID().description
    }
}
