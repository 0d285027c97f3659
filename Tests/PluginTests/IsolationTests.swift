import Foundation
import Kernel
import PluginHost
import PluginTestSupport
import Synchronization
import Testing

@testable import PluginHost

/// Whatever a plugin does, it does it to its own process.
@Suite(.serialized) struct IsolationTests {
    private static func evil(deadline: Duration = .seconds(10)) throws -> IsolatedDriver {
        var options = Loading.isolation
        options.deadline = deadline
        return try IsolatedDriver(path: buildFolder() + "/libEvilPlugin.so", options: options)
    }

    private static func misbehave(_ driver: IsolatedDriver, _ what: String) async throws -> Verification {
        try await driver.verify(WebhookRequest(body: Array(what.utf8)), in: ChannelContext(now: Instant(seconds: 1)))
    }

    private static func works(_ driver: IsolatedDriver) async -> Bool {
        guard case .rejected? = try? await misbehave(driver, "nothing") else { return false }
        return true
    }

    @Test(arguments: [
        ("segfault", "Segmentation fault"), ("abort", "Aborted"), ("exit", "exited with status 0"), ("leak", "signal"),
        ("hang", "did not answer in time"), ("spin", "did not answer in time"), ("giant", "8388608 bytes"),
        ("garbage", "nobody made"), ("lies", "signal"),
    ]) func `a plugin that falls is named, and stands again soon`(what: String, sign: String) async throws {
        let isSilent = ["hang", "spin"].contains(what)
        let driver = try Self.evil(deadline: isSilent ? .seconds(1) : .seconds(30))
        #expect(await Self.works(driver))
        do {
            _ = try await Self.misbehave(driver, what)
            Issue.record("\(what): it answered")
        } catch PluginFault.crashed(let reason) { #expect(reason.contains(sign), "\(what): \(reason)") }
        guard case .restarting(let reason) = driver.condition else { throw Unexpected("\(driver.condition)") }
        #expect(reason.contains(sign))
        do {
            _ = try await Self.misbehave(driver, "nothing")
            Issue.record("there is nothing to call")
        } catch PluginFault.unavailable(let reason) { #expect(reason.contains("starts again")) }
        for _ in 0..<200 where driver.condition != .working { try await Task.sleep(for: .milliseconds(100)) }
        #expect(driver.condition == .working)
        #expect(await Self.works(driver))
    }

    /// A thread that a sandbox has not bound would be in reach of the plugin's writes, and free.
    @Test func `a plugin's process has one thread, and that is confined`() async throws {
        let driver = try Self.evil()
        #expect(await Self.works(driver))
        let own = try Self.children().filter { try Self.text("/proc/\($0)/cmdline").contains("plugin-host") }
        #expect(!own.isEmpty)
        for id in own {
            let threads = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(id)/task")
            #expect(threads == [id])
            let status = try Self.text("/proc/\(id)/status")
            #expect(status.contains("Seccomp:\t2") && status.contains("NoNewPrivs:\t1"))
        }
    }

    private static func text(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
    }

    /// The processes that this one started.
    private static func children() throws -> [String] {
        let parent = "PPid:\t\(ProcessInfo.processInfo.processIdentifier)\n"
        return try FileManager.default.contentsOfDirectory(atPath: "/proc")
            .filter { Int($0) != nil && ((try? text("/proc/\($0)/status")) ?? "").contains(parent) }
    }

    @Test func `what is linked into the program runs in a process of its own as well`() async throws {
        let driver = try IsolatedDriver(linked: "telegram", options: Loading.isolation)
        let linked = try Loading.linked.telegram
        #expect(driver.mode == .isolated && driver.description == linked.description)
        let update = #"{"update_id":1,"message":{"message_id":1,"date":1,"chat":{"id":7,"type":"private"},"text":"a"}}"#
        let parsed = try await driver.parse(
            WebhookRequest(body: Array(update.utf8)), in: ChannelContext(now: Instant(seconds: 1)))
        #expect(parsed.events.first?.thread == "7")
        for id in try Self.children() where try Self.text("/proc/\(id)/cmdline").contains("telegram\0confined") {
            #expect(try FileManager.default.contentsOfDirectory(atPath: "/proc/\(id)/task") == [id])
            let status = try Self.text("/proc/\(id)/status")
            #expect(status.contains("Seccomp:\t2") && status.contains("NoNewPrivs:\t1"))
        }
        for kind in ["nobody", "", "/etc/passwd"] {
            #expect(throws: PluginFault.self) { try IsolatedDriver(linked: kind, options: Loading.isolation) }
        }
    }

    @Test func `of many callers each gets the answer to its own call, however long its body is`() async throws {
        let driver = try IsolatedDriver(linked: "telegram", options: Loading.isolation)
        try await withThrowingTaskGroup { group in
            for caller in 1...12 {
                group.addTask {
                    for round in 0..<10 {
                        // Some are longer than the socket takes at once.
                        let padding = String(repeating: "x", count: round.isMultiple(of: 3) ? 700_000 : caller * 100)
                        let update = """
                            {"update_id":1,"x":"\(padding)",
                             "message":{"message_id":1,"date":1,"chat":{"id":\(caller * 100 + round),"type":"private"},"text":"a"}}
                            """
                        let request = WebhookRequest(body: Array(update.utf8))
                        let parsed = try await driver.parse(request, in: ChannelContext(now: Instant(seconds: 1)))
                        #expect(parsed.events.first?.thread == "\(caller * 100 + round)")
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(driver.condition == .working)
    }

    @Test func `a process that ends while nobody calls is missed at once`() async throws {
        let driver = try Self.evil()
        let own = try Self.children().filter { try Self.text("/proc/\($0)/cmdline").contains("libEvilPlugin") }
        for id in own { kill(try #require(pid_t(id)), SIGKILL) }
        for _ in 0..<200 where driver.condition == .working { try await Task.sleep(for: .milliseconds(20)) }
        guard case .restarting(let reason) = driver.condition else { throw Unexpected("\(driver.condition)") }
        #expect(reason.contains("Killed"))
        for _ in 0..<200 where driver.condition != .working { try await Task.sleep(for: .milliseconds(50)) }
        #expect(await Self.works(driver), "it stood up without a call")
    }

    @Test(arguments: ["passwd", "write", "connect", "fork", "exec", "signal", "code", "early"])
    func `what is forbidden does not happen`(
        what: String
    )
        async throws
    {
        let driver = try Self.evil()
        guard case .rejected = try await Self.misbehave(driver, what) else { throw Unexpected("it got away with \(what)") }
        #expect(driver.condition == .working, "and nobody is hurt")
    }

    @Test func `the same deeds succeed where nothing confines them`() async throws {
        var options = Loading.isolation
        options.isConfined = false
        let driver = try IsolatedDriver(path: buildFolder() + "/libEvilPlugin.so", options: options)
        for what in ["passwd", "connect", "fork", "signal", "code", "early"] {
            guard case .accepted = try await Self.misbehave(driver, what) else { throw Unexpected("\(what) proves nothing") }
        }
    }

    @Test func `a file that changed is not started again`() async throws {
        let isGood = Mutex(true)
        var options = Loading.isolation
        options.check = { guard isGood.withLock({ $0 }) else { throw PluginFault.notLoadable("another file") } }
        let driver = try IsolatedDriver(path: buildFolder() + "/libEvilPlugin.so", options: options)
        isGood.withLock { $0 = false }
        driver.crash()
        for _ in 0..<100 where driver.condition != .quarantined(reason: "another file") {
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(driver.condition == .quarantined(reason: "another file"))
        driver.release()
        try await Task.sleep(for: .milliseconds(100))
        #expect(driver.condition == .quarantined(reason: "another file"), "it is still another one")
        isGood.withLock { $0 = true }
        driver.release()
        for _ in 0..<100 where driver.condition != .working { try await Task.sleep(for: .milliseconds(50)) }
        #expect(await Self.works(driver))
        #expect(throws: PluginFault.notLoadable("another file")) {
            options.check = { throw PluginFault.notLoadable("another file") }
            _ = try IsolatedDriver(path: buildFolder() + "/libEvilPlugin.so", options: options)
        }
    }

    @Test func `five crashes in ten minutes are enough`() {
        var policy = RestartPolicy()
        let verdicts = (0..<5).map { policy.crashed(at: .seconds(Int64($0) * 100)) }
        #expect(verdicts == [1, 2, 4, 8].map { .again(after: .seconds($0)) } + [.quarantine])
        var patient = RestartPolicy()
        for crash in 0..<50 { #expect(patient.crashed(at: .seconds(Int64(crash) * 601)) == .again(after: .seconds(1))) }
    }

    @Test func `a file that is no plugin is refused with its reason`() throws {
        for (path, sign) in [
            ("/nonexistent.so", "No such file"), ("/etc/passwd", "/etc/passwd"), ("plugin.so", "absolute"),
            (buildFolder() + "/libEvilPlugin.so.missing", "No such file"),
        ] {
            do {
                _ = try IsolatedDriver(path: path, options: Loading.isolation)
                Issue.record("\(path) was loaded")
            } catch PluginFault.notLoadable(let reason) { #expect(reason.contains(sign), "\(reason)") }
        }
    }

    @Test func `many callers at once get their own answers`() async throws {
        let driver = try Loading.isolated("Telegram")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<200 {
                group.addTask {
                    let update =
                        #"{"update_id":\#(number),"message":{"message_id":1,"date":1,"chat":{"id":\#(number),"type":"private"},"text":"a"}}"#
                    let parsed = try await driver.parse(
                        WebhookRequest(body: Array(update.utf8)), in: ChannelContext(now: Instant(seconds: 1)))
                    #expect(parsed.events.first?.thread == "\(number)")
                }
            }
            try await group.waitForAll()
        }
        let bytes = try #require(driver.residentBytes)
        #expect(bytes < 64 << 20)
    }
}
