import PluginHost
import PluginTestSupport
import Testing

struct LoadingTests {
    @Test(arguments: [
        ("/no/such/file.so", "cannot open shared object file"),
        ("libSevenSalesTelegram.so", "not an absolute path"),
        ("/proc/self/status", "invalid ELF header"),
        ("/lib/x86_64-linux-gnu/libm.so.6", "does not export sevensales_plugin_v1"),
    ])
    func `what is no plugin is refused with the reason`(row: (String, String)) throws {
        do {
            _ = try DynamicDriver(path: row.0)
            Issue.record("loaded")
        } catch PluginFault.notLoadable(let text) {
            #expect(text.contains(row.0) && text.contains(row.1))
        }
    }

    @Test func `both copies describe themselves alike`() throws {
        #expect(try Loading.linked.telegram.description == Loading.sharedObject.telegram.description)
        #expect(try Loading.linked.webChat.description == Loading.sharedObject.webChat.description)
    }

    @Test func `the first-party channels live in one registry`() throws {
        let registry = try DriverRegistry([Loading.linked.telegram, Loading.sharedObject.webChat])
        #expect(registry.descriptions.map(\.kind) == ["telegram", "webchat"])
    }

    @Test func `the Telegram form asks for a token and makes its own secret`() throws {
        let fields = try Loading.linked.telegram.description.settings
        #expect(fields.map(\.name) == ["token", "webhook_secret", "api_base"])
        #expect(fields.map(\.isSecret) == [true, true, false])
        #expect(fields.map(\.isVerificationKey) == [false, true, false])
        #expect(fields.map(\.isGenerated) == [false, true, false])
        for field in fields {
            #expect(
                [field.title, field.help].allSatisfy {
                    !$0.english.isEmpty && !$0.russian.isEmpty && !$0.kazakh.isEmpty
                })
        }
    }
}
