import Glibc
import PluginABI
import PluginHost
import TelegramPlugin
import Testing
import WebChatPlugin

/// The two ways a plugin gets into this process.
enum Loading: CaseIterable, CustomTestStringConvertible {
    case linked, sharedObject

    var testDescription: String { self == .linked ? "linked" : "shared object" }

    var telegram: any ChannelDriver {
        get throws { try driver(TelegramPlugin.table, "Telegram") }
    }
    var webChat: any ChannelDriver {
        get throws { try driver(WebChatPlugin.table, "WebChat") }
    }

    private func driver(_ table: UnsafePointer<sevensales_plugin>, _ name: String) throws -> any ChannelDriver {
        switch self {
        case .linked: try StaticDriver(table)
        case .sharedObject: try DynamicDriver(path: "\(buildFolder())/libSevenSales\(name).so")
        }
    }
}

/// Where SwiftPM put the test program, and the shared objects beside it.
func buildFolder() -> String {
    guard let path = realpath("/proc/self/exe", nil) else { return "" }
    defer { free(path) }
    return String(cString: path).split(separator: "/").dropLast().map { "/" + $0 }.joined()
}

struct Unexpected: Error {
    let what: String
    init(_ what: String) { self.what = what }
}
