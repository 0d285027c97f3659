import ChannelsInterface
import HTTPTypes
import Kernel
import WebSupport

/// What stands around a visitor's conversation: the form before it, and how it was after it.
struct VisitorStandingRoutes: Sendable {
    let door: VisitorDoor
    let standings: VisitorStandings

    struct Form: Codable { let name: String?, email: String?, phone: String?, consent: Int?, language: String? }
    struct Rating: Codable { let score: Int, comment: String? }

    var routes: [Route] {
        [
            door.route(
                .get, "visitor", "How the visitor and their conversation stand",
                response: .of(VisitorStandings.Standing.self)
            ) { call, chat in
                try .json(try await standings.standing(of: try await door.visitor(call, chat), in: chat))
            },
            door.route(
                .post, "form", "Answer the form before the chat", limit: 8 << 10, request: .of(Form.self),
                response: .of(VisitorStandings.Standing.self)
            ) { call, chat in
                let (form, visitor): (Form, Visitor) = (try call.decode(), try await door.visitor(call, chat))
                let answered = try await door.gateway.answer(
                    VisitorForm(
                        name: form.name, email: form.email, phone: form.phone, consentVersion: form.consent,
                        language: form.language.flatMap(Language.init(rawValue:))), by: visitor, in: chat)
                return try .json(try await standings.standing(of: answered, in: chat))
            },
            door.route(
                .post, "rating", "Say how the closed conversation was", limit: 8 << 10, request: .of(Rating.self),
                response: .of(VisitorStandings.Standing.self)
            ) { call, chat in
                let (rating, visitor): (Rating, Visitor) = (try call.decode(), try await door.visitor(call, chat))
                try await standings.rate(rating.score, rating.comment ?? "", by: visitor, in: chat)
                return try .json(try await standings.standing(of: visitor, in: chat))
            },
        ] + VisitorDoor.questions(["visitor", "form", "rating"])
    }
}
