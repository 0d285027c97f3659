import ChannelsInterface
import Kernel
import Persistence
import Synchronization
import TestSupport
import Testing

@testable import Channels

struct ChannelSpacingTests {
    private final class Flag: Sendable { let count = Mutex(0) }

    private let time = VirtualTime()
    private let channel = ChannelID()

    @Test func `turns of one channel lie apart, and those of another do not wait for them`() {
        let spacing = ChannelSpacing(time: time)
        #expect(
            (0..<4).map { _ in spacing.turn(channel) } == [.zero, .milliseconds(100), .milliseconds(200), .milliseconds(300)])
        #expect(spacing.turn(ChannelID()) == .zero)
        time.advance(by: .milliseconds(350))
        #expect(spacing.turn(channel) == .milliseconds(50))
        time.advance(by: .seconds(60))
        #expect(spacing.turn(channel) == .zero)
        #expect(spacing.turn(channel) == ChannelSpacing.interval)
    }

    @Test func `what comes while four are under way comes back later, each at a moment of its own`() async throws {
        let spacing = ChannelSpacing(time: time)
        let (begun, mayEnd) = (Flag(), Flag())
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<ChannelSpacing.atOnce {
                group.addTask { [channel] in
                    let done: Void? = try? await spacing.run(channel, isSerial: false) {
                        begun.count.withLock { $0 += 1 }
                        while mayEnd.count.withLock({ $0 }) == 0 { await Task.yield() }
                    }
                    return done != nil
                }
            }
            while begun.count.withLock({ $0 }) < ChannelSpacing.atOnce { await Task.yield() }
            var delays: [Duration] = []
            for _ in 0..<3 {
                do { try await spacing.run(channel, isSerial: false) {} } catch let deferral as JobDeferred {
                    delays.append(deferral.delay)
                } catch {}
            }
            #expect(delays == [.seconds(1), .milliseconds(1_100), .milliseconds(1_200)])
            await #expect(throws: Never.self) { try await spacing.run(ChannelID(), isSerial: false) {} }
            mayEnd.count.withLock { $0 = 1 }
            for await done in group { #expect(done) }
        }
        await #expect(throws: Never.self) { try await spacing.run(channel, isSerial: false) {} }
    }

    @Test func `where the provider serves one at a time, one is under way`() async throws {
        let spacing = ChannelSpacing(time: time)
        try await spacing.run(channel, isSerial: true) {
            await #expect(throws: JobDeferred.self) { try await spacing.run(channel, isSerial: true) {} }
        }
        try await spacing.run(channel, isSerial: true) {}
    }

    @Test func `one that fails makes room, too`() async throws {
        let spacing = ChannelSpacing(time: time)
        for _ in 0...ChannelSpacing.atOnce {
            await #expect(throws: Problem.notFound) { try await spacing.run(channel, isSerial: false) { throw Problem.notFound } }
        }
    }
}
