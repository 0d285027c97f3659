import ChannelKit

/// Ends the account's subscription. The app keeps its address for other accounts.
struct Disconnecting {
    private let api: GraphAPI

    init(_ api: GraphAPI) { self.api = api }

    func step(_ input: StepInput) -> ChannelStep {
        switch input {
        case .start: return .request(api.request("DELETE", "\(api.node)/subscribed_apps"), state: .null)
        case .notSent, .unknown: return ChannelFailure.silence
        case .response(let response):
            let answer = GraphAnswer(response)
            if case .ok = answer { return .result(.disconnected) }
            // A dead token receives nothing any more: that is as disconnected as it gets.
            if case .error(let error) = answer, error.code == 190 { return .result(.disconnected) }
            return ChannelFailure(answer).step
        }
    }
}
