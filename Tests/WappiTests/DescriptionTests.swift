import PluginHost
import PluginTestSupport
import Testing

/// What owners read before they connect, and what the host keeps to.
struct DescriptionTests {
    @Test(arguments: Loading.allCases)
    func `the risk is named in every language`(loading: Loading) throws {
        let risk = try #require(try loading.wappi.description.risk)
        #expect(risk.english.contains("block the number"))
        #expect(risk.russian.contains("заблокировать номер"))
        #expect(risk.kazakh.contains("бұғаттауы мүмкін"))
    }

    @Test(arguments: Loading.allCases)
    func `only the webhook secret is shown to the plugin, and only two things are required`(loading: Loading) throws {
        let settings = try loading.wappi.description.settings
        #expect(settings.filter(\.isSecret).map(\.name) == ["token", "webhook_secret"])
        #expect(settings.filter(\.isVerificationKey).map(\.name) == ["webhook_secret"])
        #expect(settings.filter { $0.isRequired && !$0.isGenerated }.map(\.name) == ["token", "profile_id"])
    }

    @Test(arguments: Loading.allCases)
    func `a profile's messages leave one at a time, with a pause`(loading: Loading) throws {
        let description = try loading.wappi.description
        #expect(description.capabilities.isSerial)
        let rate = try #require(description.capabilities.channelRate)
        #expect((rate.requests, rate.burst) == (1, 1))
        #expect((.seconds(1) ... .seconds(3)).contains(rate.period))
        #expect(description.secretHosts(settings: [:]) == ["wappi.pro"])
        #expect(
            description.secretHosts(settings: ["api_base": "https://proxy.example.kz/"]) == ["wappi.pro", "proxy.example.kz"])
        #expect(description.webhookHeaders == ["authorization"])
    }

    @Test(arguments: Loading.allCases)
    func `buttons are not promised, and a text that is promised fits everywhere`(loading: Loading) throws {
        let capabilities = try loading.wappi.description.capabilities
        #expect(capabilities.buttons == nil)
        #expect(capabilities.text.limit == 4_000)
        #expect(capabilities.canReconcile && capabilities.echoes)
    }
}
