// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"), .treatAllWarnings(as: .error),
]

/// A package of its own, as a maker's is: of the product it uses the ChannelKit alone, so nothing else is fetched or built.
let package = Package(
    name: "HelloSwift",
    products: [.library(name: "HelloSwift", type: .dynamic, targets: ["HelloSwift"])],
    dependencies: [.package(name: "SevenSales", path: "../../..")],
    targets: [
        .target(
            name: "HelloSwift", dependencies: [.product(name: "ChannelKit", package: "SevenSales")], path: "Sources",
            swiftSettings: strict),
        .testTarget(
            name: "HelloTests", dependencies: ["HelloSwift", .product(name: "ChannelKit", package: "SevenSales")], path: "Tests",
            swiftSettings: strict),
    ]
)
