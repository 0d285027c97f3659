import PluginHost
import PluginTestSupport
import Testing

struct DeterminismTests {
    @Test(arguments: Place.allCases)
    func `every way of loading gives the same events and requests`(place: Place) async throws {
        let drivers = try Loading.allCases.map { try $0.channel(place) }
        #expect(Set(drivers.map(\.description)).count == 1)
        let context = context(place)
        for member in members {
            let request = signed(webhook(member, place))
            var answers: [ParsedWebhook] = []
            for driver in drivers + drivers { answers.append(try await driver.parse(request, in: context)) }
            #expect(Set(answers).count == 1)
        }
        let long = String(repeating: "Длинный текст. ", count: 300)
        for input in [StepInput.start, .sent("m"), .error(100), .failure(.unknown)] {
            var steps: [ChannelStep] = []
            for driver in drivers + drivers {
                let operation = action(.text(OutboundText(long, buttons: [[Button("b", .callback("d"))]], replyTo: "r")), place)
                steps.append(try await driver.step(operation, state: nil, input: input, in: context))
            }
            #expect(Set(steps).count == 1)
        }
    }

    @Test(arguments: Loading.allCases)
    func `the two kinds ask for what they need, in three languages`(loading: Loading) throws {
        let (facebook, instagram) = (try loading.facebook.description, try loading.instagram.description)
        #expect([facebook.kind, instagram.kind] == ["facebook", "instagram"])
        #expect(facebook.settings.filter(\.isRequired).map(\.name) == ["access_token", "app_secret", "verify_token"])
        #expect(instagram.settings.filter(\.isRequired).map(\.name) == ["access_token", "app_secret", "verify_token"])
        #expect(facebook.settings.filter(\.isGenerated).map(\.name) == ["verify_token"])
        #expect(
            instagram.settings.filter(\.isVerificationKey).map(\.name) == ["app_secret", "instagram_app_secret", "verify_token"])
        #expect(facebook.webhookHeaders == ["x-hub-signature-256"])
        for field in facebook.settings + instagram.settings {
            for text in [field.title, field.help] {
                #expect(!text.english.isEmpty && !text.russian.isEmpty && !text.kazakh.isEmpty)
            }
        }
        #expect(facebook.capabilities.text.limit == 2_000 && facebook.capabilities.text.unit == .utf16)
        #expect(instagram.capabilities.text.limit == 1_000 && instagram.capabilities.text.unit == .utf8)
        #expect(facebook.capabilities.receipts == [.delivered, .read])
        #expect(instagram.capabilities.receipts == [.read])
        #expect(facebook.capabilities.replyWindow == .seconds(86_400))
        #expect(facebook.capabilities.personReplyWindow == .seconds(604_800))
        #expect(facebook.capabilities.personReplySetting == "human_agent")
    }
}
