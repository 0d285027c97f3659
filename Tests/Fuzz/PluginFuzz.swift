import AvitoPlugin
import Glibc
import MaxPlugin
import MetaPlugin
import PluginABI
import TelegramPlugin
import WappiPlugin
import WebChatPlugin

@testable import PluginHost

// What libFuzzer calls. SEVENSALES_FUZZ names what it throws bytes at: a plugin's kind, or `frames`.

private let target = getenv("SEVENSALES_FUZZ").map { String(cString: $0) } ?? ""

private let plugin: PluginUnderFire? = {
    let tables = [
        TelegramPlugin.table, MaxPlugin.table, AvitoPlugin.table, WappiPlugin.table, FacebookPlugin.table, InstagramPlugin.table,
        WebChatPlugin.table,
    ]
    do {
        for table in tables {
            let calls = try PluginCalls(table, origin: "fuzz")
            if calls.kind == target { return try PluginUnderFire(calls) }
        }
    } catch { fatalError("\(target): \(error)") }
    demand(target == "frames", "SEVENSALES_FUZZ=\(target) is neither a plugin's kind nor frames")
    return nil
}()

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
    if let plugin { plugin.call(bytes) } else { PluginFrames.read(bytes) }
    return 0
}

@_cdecl("LLVMFuzzerCustomMutator")
public func mutate(_ start: UnsafeMutablePointer<UInt8>, _ count: Int, _ most: Int, _ seed: UInt32) -> Int {
    var mutator = Mutator(seed: seed)
    let bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
    guard let changed = plugin == nil ? mutator.frame(bytes) : mutator.call(bytes), changed.count <= most else {
        return Mutator.changeBytes(start, count, most)
    }
    for (place, byte) in changed.enumerated() { start[place] = byte }
    return changed.count
}

/// A `precondition` that says in an optimized program, too, what it was about.
func demand(_ holds: Bool, _ otherwise: @autoclosure () -> String) {
    if !holds { fatalError(otherwise()) }
}
