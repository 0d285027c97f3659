import PluginHost
import PluginTestSupport
import Testing

/// The same arguments give the same answer, in every copy of the plugin and on every thread.
struct DeterminismTests {
    static let updates = FullUpdate.all + [customerMessage(#""text":"привет""#)]

    @Test(arguments: Loading.allCases, updates)
    func `an update reads the same everywhere`(loading: Loading, update: String) async throws {
        let expected = try await Loading.linked.max.events(update)
        #expect(expected.events.count == 1)
        let driver = try loading.max
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<32 { group.addTask { try await driver.events(update) == expected } }
            for try await isSame in group { #expect(isSame) }
        }
    }

    @Test(arguments: Loading.allCases, HostileTests.answers)
    func `a step is the same everywhere`(loading: Loading, row: (ChannelOperation, [StepInput])) async throws {
        let (linked, driver) = (try Loading.linked.max, try loading.max)
        var (state, input): (PluginState?, StepInput) = (nil, .start)
        for answer in row.1 + [.lost] {
            let expected = try await linked.step(row.0, state: state, input: input, in: context())
            for _ in 0..<8 {
                #expect(try await driver.step(row.0, state: state, input: input, in: context()) == expected)
            }
            guard case .request(_, let next, _) = expected else { return }
            (state, input) = (next, answer)
        }
    }

    @Test(arguments: Loading.allCases)
    func `the description is the same everywhere`(loading: Loading) throws {
        #expect(try loading.max.description == Loading.linked.max.description)
    }
}
