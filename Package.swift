// swift-tools-version: 6.2
import PackageDescription

let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let asyncAlgorithms = Target.Dependency.product(name: "AsyncAlgorithms", package: "swift-async-algorithms")

/// The ten modules: who each is, whose interface it may call, and what else it stands on.
let modules: [(name: String, uses: [String], also: [Target.Dependency])] = [
    ("Audit", uses: [], also: []),
    ("Identity", uses: ["Audit"], also: ["Egress"]),
    ("Billing", uses: [], also: []),
    ("Privacy", uses: ["Audit", "Conversations"], also: []),
    ("CRM", uses: ["Audit"], also: []),
    ("Calendar", uses: ["Audit"], also: []),
    ("KnowledgeBase", uses: ["Audit"], also: ["PassageIndex", "Documents"]),
    ("Channels", uses: ["Audit", "Billing"], also: ["Egress", "ObjectStorage", "PluginHost", "WireJSON", metrics]),
    ("Conversations", uses: ["Audit", "Billing", "Channels", "CRM", "Identity"], also: []),
    ("BotEngine", uses: ["Audit", "Billing", "Conversations", "KnowledgeBase"], also: ["Egress", "WireJSON"]),
]

/// What every module stands on. System libraries are imported by their owner alone.
let platform: [Target] = [
    .target(name: "Kernel", path: "Modules/Platform/Kernel", exclude: ["README.md"]),
    .target(name: "WireJSON", path: "Modules/Platform/WireJSON", exclude: ["README.md"]),
    .systemLibrary(
        name: "CLibPQ", path: "Modules/Platform/Persistence/CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .target(
        name: "Persistence",
        dependencies: [
            "Kernel", "WireJSON", "CLibPQ", "Vault", logging, metrics, lifecycle, .product(name: "GRDB", package: "GRDB.swift"),
            .product(name: "GRDBSQLite", package: "GRDB.swift"),
        ],
        path: "Modules/Platform/Persistence/Sources"),
    .systemLibrary(
        name: "COpenSSL", path: "Modules/Platform/Vault/COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .target(name: "Vault", dependencies: ["Kernel", "COpenSSL"], path: "Modules/Platform/Vault/Sources"),
    .target(
        name: "CCurl", path: "Modules/Platform/Egress/CCurl", linkerSettings: [.linkedLibrary("curl")]),
    .target(name: "Egress", dependencies: ["Kernel", "Vault", "CCurl"], path: "Modules/Platform/Egress/Sources"),
    .target(
        name: "ObjectStorage", dependencies: ["Kernel", "Vault", "Egress"], path: "Modules/Platform/ObjectStorage/Sources"),
    .systemLibrary(
        name: "CLibXML2", path: "Modules/Platform/Documents/CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]
    ),
    .target(name: "Documents", dependencies: ["Kernel", "CLibXML2"], path: "Modules/Platform/Documents/Sources"),
    .target(
        name: "WebSupport",
        dependencies: [
            "Kernel", "WireJSON", hummingbird, hummingbirdCore, .product(name: "HummingbirdTLS", package: "hummingbird"), logging,
            lifecycle, metrics, httpTypes, asyncAlgorithms, .product(name: "CoreMetrics", package: "swift-metrics"),
            .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
            .product(name: "NIOSSL", package: "swift-nio-ssl"), .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
        ],
        path: "Modules/Platform/WebSupport", exclude: ["README.md"]),
    .target(name: "PluginABI", path: "Modules/Platform/PluginABI", exclude: ["README.md"]),
    .target(name: "CSandbox", path: "Modules/Platform/PluginHost/CSandbox"),
    .target(
        name: "PluginHost", dependencies: ["Kernel", "CSandbox", "PluginABI", "WireJSON"], path: "Modules/Platform/PluginHost",
        exclude: ["README.md", "CSandbox"]),
    .systemLibrary(
        name: "CStemmer", path: "Modules/KnowledgeBase/CStemmer", providers: [.apt(["libstemmer-dev"])]),
    .target(name: "PassageIndex", dependencies: ["Kernel", "CStemmer"], path: "Modules/KnowledgeBase/PassageIndex"),
]

/// The channel plugins. Each exports its entry symbol from a target of its own, so that several link into one program.
let channels = ["Telegram", "WebChat", "Max", "Avito", "Wappi"]

let plugins: [Target] =
    [.target(name: "ChannelKit", dependencies: ["PluginABI", "WireJSON"], path: "Plugins/ChannelKit", exclude: ["README.md"])]
    + channels.flatMap { name -> [Target] in
        [
            .target(name: "\(name)Plugin", dependencies: ["ChannelKit"], path: "Plugins/\(name)/Sources"),
            .target(
                name: "\(name)Entry", dependencies: ["ChannelKit", "PluginABI", .byName(name: "\(name)Plugin")],
                path: "Plugins/\(name)/Entry"),
        ]
    }
    // One source, two kinds: a shared object has one.
    + [.target(name: "MetaPlugin", dependencies: ["ChannelKit"], path: "Plugins/Meta/Sources")]
    + ["Facebook", "Instagram"].map { name in
        .target(
            name: "Meta\(name)Entry", dependencies: ["ChannelKit", "PluginABI", "MetaPlugin"], path: "Plugins/Meta/Entry/\(name)")
    }

/// The composition and the programs.
let programs: [Target] = [
    .target(name: "CWebAssets", path: "Modules/WebUI/CWebAssets"),
    .target(name: "WebUI", dependencies: ["CWebAssets", "Kernel", "WebSupport", httpTypes], path: "Modules/WebUI/Sources"),
    .target(
        name: "Bootstrap",
        dependencies: [
            "Kernel", "Persistence", "Vault", "Egress", "ObjectStorage", "WebSupport", "PluginHost", "WebUI", logging,
            lifecycle, unixSignals, httpTypes, .product(name: "CoreMetrics", package: "swift-metrics"),
            .product(name: "ArgumentParser", package: "swift-argument-parser"),
        ] + (channels + ["Meta"]).map { .byName(name: "\($0)Plugin") }
            + modules.flatMap { [.byName(name: $0.name), .byName(name: "\($0.name)Interface")] },
        path: "Modules/Bootstrap"),
    .executableTarget(name: "sevensales-server", dependencies: ["Bootstrap"], path: "Apps/server"),
    .executableTarget(name: "sevensales-worker", dependencies: ["Bootstrap"], path: "Apps/worker"),
    .executableTarget(name: "sevensales", dependencies: ["Bootstrap"], path: "Apps/cli"),
]

let tests: [Target] = [
    .target(
        name: "TestSupport",
        dependencies: ["AuditInterface", "Kernel", "Persistence", "Vault", "WebSupport", httpTypes, logging, lifecycle],
        path: "Tests/TestSupport"),
    .testTarget(name: "KernelTests", dependencies: ["Kernel"], path: "Tests/KernelTests"),
    .testTarget(name: "VaultTests", dependencies: ["Kernel", "Vault"], path: "Tests/VaultTests"),
    .testTarget(
        name: "PersistenceTests", dependencies: ["Kernel", "Persistence", "Vault", "TestSupport", logging, lifecycle],
        path: "Tests/PersistenceTests"),
    .testTarget(
        name: "WebSupportTests",
        dependencies: [
            "Kernel", "WebSupport", "TestSupport", "WireJSON", logging, httpTypes,
            .product(name: "CoreMetrics", package: "swift-metrics"),
        ], path: "Tests/WebSupportTests"),
    .testTarget(name: "ArchitectureTests", path: "Tests/ArchitectureTests"),
    .testTarget(name: "WireJSONTests", dependencies: ["WireJSON"], path: "Tests/WireJSONTests"),
    .target(name: "LocalServer", path: "Tests/LocalServer"),
    .testTarget(name: "EgressTests", dependencies: ["Egress", "Kernel", "LocalServer"], path: "Tests/EgressTests"),
    .testTarget(
        name: "ObjectStorageTests", dependencies: ["Egress", "Kernel", "LocalServer", "ObjectStorage", "Vault"],
        path: "Tests/ObjectStorageTests"),
    .testTarget(name: "DocumentsTests", dependencies: ["Documents", "Kernel"], path: "Tests/DocumentsTests"),
    .testTarget(
        name: "PluginTests",
        dependencies: [
            "ChannelKit", "Kernel", "PluginABI", "PluginHost", "PluginTestSupport", "TelegramPlugin", "WebChatPlugin", "WireJSON",
        ],
        path: "Tests/PluginTests"),
    .target(name: "EvilPlugin", dependencies: ["PluginABI"], path: "Tests/EvilPlugin"),
    .target(
        name: "PluginTestSupport", dependencies: ["ChannelKit", "PluginABI", "PluginHost", "WireJSON"],
        path: "Tests/PluginTestSupport"),
    .testTarget(name: "PassageIndexTests", dependencies: ["Kernel", "PassageIndex"], path: "Tests/PassageIndexTests"),
    .executableTarget(
        name: "PassageIndexBench", dependencies: ["Kernel", "PassageIndex"], path: "Tests/Bench/PassageIndexBench"),
    .executableTarget(
        name: "ProductBench", dependencies: ["Kernel", "Persistence", "PluginHost", logging, lifecycle],
        path: "Tests/Bench/ProductBench"),
    .executableTarget(name: "NoopServer", dependencies: [hummingbird, logging], path: "Tests/Bench/NoopServer"),
]

/// A channel's own suites, each run with the plugin linked, as a shared object and isolated. The web chat's stand in PluginTests.
let channelTests: [Target] = (channels.filter { $0 != "WebChat" } + ["Meta"]).map { name in
    .testTarget(
        name: "\(name)Tests",
        dependencies: ["Kernel", "PluginHost", "PluginTestSupport", "WireJSON", .byName(name: "\(name)Plugin")],
        path: "Tests/\(name)Tests")
}

let package = Package(
    name: "SevenSales",
    products: [
        .library(name: "ChannelKit", targets: ["ChannelKit"]),
        .library(name: "EvilPlugin", type: .dynamic, targets: ["EvilPlugin"]),
    ]
        + (channels + ["MetaFacebook", "MetaInstagram"]).map {
            .library(name: "SevenSales\($0)", type: .dynamic, targets: ["\($0)Entry"])
        },
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-async-algorithms", from: "1.1.4"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: platform + plugins + programs + tests + channelTests
)

for module in modules {
    let interface = Target.Dependency.byName(name: "\(module.name)Interface")
    let called = module.uses.map { Target.Dependency.byName(name: "\($0)Interface") }
    package.targets += [
        .target(name: "\(module.name)Interface", dependencies: ["Kernel"], path: "Modules/\(module.name)/Interface"),
        .target(
            name: module.name,
            dependencies: ["Kernel", "Persistence", "Vault", "WebSupport", interface, logging, lifecycle, httpTypes] + called
                + module.also,
            path: "Modules/\(module.name)/Sources"),
        .testTarget(
            name: "\(module.name)Tests",
            dependencies: [
                "Kernel", "Persistence", "Vault", "WebSupport", "TestSupport", interface, .byName(name: module.name), logging,
                httpTypes,
            ] + called + module.also,
            path: "Tests/\(module.name)Tests"),
    ]
}

for target in package.targets where target.type != .system {
    target.swiftSettings =
        (target.swiftSettings ?? []) + [
            .enableUpcomingFeature("ExistentialAny"),
            .enableUpcomingFeature("MemberImportVisibility"),
            .enableUpcomingFeature("InternalImportsByDefault"),
            .treatAllWarnings(as: .error),
            .define("FAILPOINTS", .when(configuration: .debug)),
        ]
}
