import ChannelKit

/// One call of a delivery.
struct WappiCall {
    var method = "POST"
    let path: String
    var query: [(String, String)] = []
    var body: JSON.Object?
    /// It makes a message, so doing it twice would show.
    let makesMessage: Bool
    /// It quotes a message, which may be gone.
    var isReply = false

    init(_ path: String, _ body: JSON.Object? = nil, makesMessage: Bool = false) {
        (self.path, self.body, self.makesMessage) = (path, body, makesMessage)
    }

    func request(_ api: WappiAPI) -> HTTPRequest {
        var request = method == "GET" ? api.get(path, query) : api.post(path, query, body.map(JSON.object))
        // Wappi fetches and uploads a file before it answers.
        if makesMessage { request.timeout = 90_000 }
        return request
    }
}
