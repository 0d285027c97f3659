import Kernel
import WireJSON

@testable import PluginHost

/// What must be true of all that the host accepts from a plugin, whoever made it.
enum PluginAnswers {
    static func survivesStoring(_ event: InboundEvent) {
        demand((try? InboundEvent(wire: event.wire)) == event, "an event does not survive storing")
    }

    static func isSound(_ step: ChannelStep, hosts: Set<String>) {
        switch step {
        case .request(let request, _, _): keepsSecrets(request, hosts: hosts)
        case .result(.file(let file), _): keepsSecrets(file.request, hosts: hosts)
        case .result(.polled(let events, _), _): for event in events { survivesStoring(event) }
        default: return
        }
    }

    private static let secret = "0123456789-secret"

    /// A secret is neither sent to a foreign host nor written into a log.
    private static func keepsSecrets(_ request: PluginRequest, hosts: Set<String>) {
        let secrets = Dictionary(names(in: request).map { ($0, secret) }) { first, _ in first }
        guard let rendered = try? request.rendered(secrets: secrets, hosts: hosts) else { return }
        demand(!rendered.carriesSecrets || hosts.contains(rendered.host), "a secret goes to \(rendered.host)")
        demand(!rendered.redactedURL.contains(secret), "a log would show a secret")
        for header in rendered.headers where header.value.contains(secret) {
            demand(rendered.secretHeaders.contains(header.name.lowercased()), "a log would show the secret in \(header.name)")
        }
    }

    private static func names(in request: PluginRequest) -> [String] {
        var templates = [request.url] + request.headers.map(\.value)
        switch request.body {
        case .none: break
        case .text(let template, _): templates.append(template)
        case .form(let parts): for case .text(let template) in parts.map(\.content) { templates.append(template) }
        }
        return templates.flatMap(\.parts).compactMap { if case .secret(let name, _) = $0 { name } else { nil } }
    }
}
