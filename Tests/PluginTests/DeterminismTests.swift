import Glibc
import PluginABI
import TelegramPlugin
import PluginTestSupport
import Testing

/// Below the driver: the same bytes in give the same bytes out, in every copy of the plugin and on every thread.
struct DeterminismTests {
    /// Carries a table into another task; tables never change.
    struct Table: @unchecked Sendable {
        let pointer: UnsafePointer<sevensales_plugin>

        func call(_ operation: Int, _ input: String, _ body: String) -> [UInt8] {
            let (input, body) = (Array(input.utf8), Array(body.utf8))
            var output = sevensales_buffer(bytes: nil, count: 0)
            let status = input.withUnsafeBufferPointer { input in
                body.withUnsafeBufferPointer { body in
                    pointer.pointee.call(
                        UInt32(operation), sevensales_slice(bytes: input.baseAddress, count: input.count),
                        sevensales_slice(bytes: body.baseAddress, count: body.count), &output)
                }
            }
            defer { if output.bytes != nil { pointer.pointee.release(output) } }
            return [UInt8(truncatingIfNeeded: status)] + UnsafeBufferPointer(start: output.bytes, count: output.count)
        }
    }

    static let context = #""context":{"now":1781512000000,"settings":{"webhook_secret":"s"},"memory":{"offset":"7"}}"#
    static let request =
        #""request":{"method":"POST","headers":[{"name":"x-telegram-bot-api-secret-token","value":"s"}]}"#
    static let update = #"""
        {"update_id":1,"message":{"message_id":2,"from":{"id":7201345566,"first_name":"А"},"chat":{"id":7201345566,
        "type":"private"},"date":1781510400,"text":"привет","location":{"latitude":43.238949,"longitude":76.889709}}}
        """#
    static let calls: [(Int, String, String)] = [
        (SEVENSALES_DESCRIBE, "{}", ""), (SEVENSALES_VERIFY, "{\(request),\(context)}", update),
        (SEVENSALES_PARSE, "{\(request),\(context)}", update), (SEVENSALES_PARSE, "{\(request),\(context)}", "{"),
        (SEVENSALES_STEP, #"{"operation":{"kind":"poll"},"input":{"kind":"start"},\#(context)}"#, ""),
        (SEVENSALES_STEP, #"{"operation":{"kind":"fly"},"input":{"kind":"start"},\#(context)}"#, ""),
        (SEVENSALES_STEP, "{}", ""), (SEVENSALES_VERIFY, "[", ""), (99, "{\(context)}", ""),
    ]

    private func sharedObject() throws -> Table {
        let handle = dlopen(buildFolder() + "/libSevenSalesTelegram.so", RTLD_NOW | RTLD_LOCAL)
        let symbol = try #require(dlsym(handle, SEVENSALES_PLUGIN_SYMBOL))
        return Table(pointer: unsafeBitCast(symbol, to: (@convention(c) () -> UnsafePointer<sevensales_plugin>).self)())
    }

    @Test func `every copy on every thread gives the same bytes`() async throws {
        let tables = [Table(pointer: TelegramPlugin.table), try sharedObject()]
        #expect(tables[0].pointer != tables[1].pointer)
        for (operation, input, body) in Self.calls {
            let expected = tables[0].call(operation, input, body)
            #expect(expected.count > 2)
            await withTaskGroup(of: Bool.self) { group in
                for index in 0..<64 {
                    group.addTask { tables[index % 2].call(operation, input, body) == expected }
                }
                for await same in group { #expect(same) }
            }
        }
    }

    @Test func `statuses say who is to blame`() throws {
        let statuses = Self.calls.map { Int(Table(pointer: TelegramPlugin.table).call($0.0, $0.1, $0.2).first ?? 255) }
        let (ok, input, unknown) = (SEVENSALES_OK, SEVENSALES_BAD_INPUT, SEVENSALES_UNSUPPORTED)
        #expect(statuses == [ok, ok, ok, SEVENSALES_BAD_BODY, ok, input, input, input, unknown])
    }
}
