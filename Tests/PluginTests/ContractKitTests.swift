import PluginHost
import PluginTestSupport
import Testing

struct ContractKitTests {
    @Test(arguments: ["Telegram", "WebChat", "Max", "Avito", "Wappi", "MetaFacebook", "MetaInstagram"])
    func `the product's own plugins keep every rule`(name: String) async throws {
        let findings = await ContractKit(driver: try Loading.isolated(name)).run()
        #expect(findings.filter { !$0.isMet } == [])
        #expect(findings.count >= 10)
    }

    @Test func `a plugin that breaks rules is told which and how`() async throws {
        let driver = try IsolatedDriver(path: buildFolder() + "/libEvilPlugin.so", options: Loading.isolation)
        let broken = await ContractKit(driver: driver).run().filter { !$0.isMet }
        #expect(
            broken.contains { $0.rule == "it can do what it promises" && $0.detail.contains("delivering a text") }, "\(broken)")
    }
}
