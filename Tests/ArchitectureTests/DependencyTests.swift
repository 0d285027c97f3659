import Testing

/// Who may import whom: architecture.md, section 2.
struct DependencyTests {
    let graph: PackageGraph

    init() throws { graph = try PackageGraph.shared.get() }

    @Test func `the manifest is read`() {
        #expect(graph.modules.count >= 10)
        #expect(graph.targets.contains { $0.name == "Kernel" && $0.dependencies.isEmpty })
        #expect(graph.modules.first { $0.name == "CRM" }.map { graph.uses(of: $0) } == ["Audit"])
    }

    @Test func `every target's files are found`() throws {
        for target in graph.targets
        where target.type != "system" && !["PluginABI", "EvilPlugin"].contains(target.name) && !isC(target) {
            #expect(try !graph.imports(of: target).isEmpty, "\(target.name)")
        }
    }

    private func isC(_ target: PackageGraph.Target) -> Bool {
        target.name.prefixMatch(of: #/C[A-Z]/#) != nil && target.dependencies.isEmpty
    }

    /// An undeclared import builds and then crashes: SwiftPM does not rebuild what it does not know to depend on it.
    @Test func `every import is declared in the manifest`() throws {
        for target in graph.targets {
            for (file, imports) in try graph.imports(of: target) {
                let undeclared = imports.subtracting(target.dependencies).subtracting(PackageGraph.toolchain)
                #expect(undeclared.isEmpty, "\(file) imports \(undeclared.sorted()) without declaring it")
            }
        }
    }

    @Test func `an interface depends on the kernel alone`() {
        for target in graph.targets where target.name.hasSuffix("Interface") {
            #expect(target.dependencies == ["Kernel"], "\(target.name)")
        }
    }

    @Test func `no module sees another module's implementation`() {
        for module in graph.modules {
            #expect(module.dependencies.isDisjoint(with: graph.modules.map(\.name)), "\(module.name)")
        }
    }

    @Test func `calls between modules form no cycle`() {
        var waiting = Dictionary(uniqueKeysWithValues: graph.modules.map { ($0.name, graph.uses(of: $0)) })
        while let free = waiting.first(where: { $0.value.isDisjoint(with: waiting.keys) }) { waiting[free.key] = nil }
        #expect(waiting.isEmpty, "cycle among \(waiting.keys.sorted())")
    }

    @Test func `the platform knows no business`() {
        let business = Set(graph.modules.flatMap { [$0.name, $0.name + "Interface"] })
        for target in graph.targets where target.path?.hasPrefix("Modules/Platform/") == true {
            #expect(target.dependencies.isDisjoint(with: business), "\(target.name)")
        }
    }

    /// The driver, and the folders whose code may import it. `*` at the end of a driver stands for any ending.
    static let owners: [(driver: String, folders: [String])] = [
        ("GRDB*", ["Modules/Platform/Persistence/"]), ("CLibPQ", ["Modules/Platform/Persistence/"]),
        ("COpenSSL", ["Modules/Platform/Vault/"]), ("CCurl", ["Modules/Platform/Egress/"]),
        ("CLibXML2", ["Modules/Platform/Documents/"]), ("CStemmer", ["Modules/KnowledgeBase/PassageIndex/"]),
        ("Hummingbird*", ["Modules/Platform/WebSupport/", "Modules/Bootstrap/"]),
        ("NIO*", ["Modules/Platform/WebSupport/", "Modules/Bootstrap/"]),
        ("ArgumentParser", ["Apps/", "Modules/Bootstrap/"]), ("Configuration", ["Modules/Bootstrap/"]),
    ]

    @Test(arguments: owners) func `only its owner imports a driver`(driver: String, folders: [String]) throws {
        for target in graph.targets where target.path?.hasPrefix("Tests/") != true {
            for (file, imports) in try graph.imports(of: target) {
                let found = imports.filter { driver.hasSuffix("*") ? $0.hasPrefix(driver.dropLast()) : $0 == driver }
                #expect(found.isEmpty || folders.contains { file.hasPrefix($0) }, "\(file) imports \(found.sorted())")
            }
        }
    }

    @Test func `only the composition root names an implementation`() {
        let implementations = Set(graph.modules.map(\.name))
        for target in graph.targets where !target.isTest && target.path?.hasPrefix("Modules/Bootstrap") != true {
            #expect(target.dependencies.isDisjoint(with: implementations), "\(target.name)")
        }
    }

    /// A plugin is a pure function library: it has no way to a socket, a file or our modules.
    @Test func `plugins import their kit alone`() throws {
        let allowed: Set = ["ChannelKit", "WireJSON", "PluginABI"]
        for file in try SourceTree.files(in: "Plugins")
        where !file.path.contains("/Tests/") && !file.path.hasSuffix("/Package.swift") {
            let own = file.imports.filter { $0.hasSuffix("Plugin") }
            let foreign = file.imports.subtracting(allowed).subtracting(own).subtracting([
                "Foundation", "FoundationEssentials", "Glibc",
            ])
            #expect(foreign.isEmpty, "\(file.path) imports \(foreign.sorted())")
            #expect(own.isEmpty || file.path.contains("/Entry/"), "\(file.path) imports another plugin")
        }
    }

    /// Nothing below the composition root reads the environment, and nobody prints but the programs.
    @Test func `configuration comes through initialisers`() throws {
        for file in try SourceTree.files(in: "Modules") where !file.path.hasPrefix("Modules/Bootstrap/") {
            for line in file.code {
                #expect(
                    !line.text.contains("ProcessInfo.processInfo.environment") && !line.text.contains("getenv("),
                    "\(file.path):\(line.number)")
                guard line.text.contains("print(") else { continue }
                #expect(line.text.firstMatch(of: #/(^|[^.\w])print\(/#) == nil, "\(file.path):\(line.number)")
            }
        }
    }
}
