// swift-tools-version: 6.0
import PackageDescription

// xauth: who may know whom. An arrow points at what a module imports.
//
//   xauth ──► XAuthTool ──┬──► CommandTable        what can be typed, and every text made from it
//                         ├──► Rotation            a grant's life in its file; it prints nothing
//                         ├──► HTTP                the client
//                         ├──► Callback            listener, decision, pages
//                         ├──► Serving             proxy and bridge, with a token that stays alive
//                         ├──► Stores              engines that machines share a grant through
//                         ├──► DotEnv
//                         ├──► DurableFile
//                         ├──► OAuth
//                         ├──► Paths
//                         └──► CSystem             signals, and what the program was started with
//
//   Rotation ──┬──► DotEnv                    the lossless document: bytes in, bytes out
//              ├──► DurableFile               lock, proof, replacement, journal
//              └──► OAuth ────────► COpenSSL    the protocol, pure
//
//   DurableFile ──┬──► CSystem
//                 └──► Paths                  paths, whose bytes need not be UTF-8, as text
//   HTTP ──┬──► CCurl
//          └──► Paths
//   Callback ──┬──► COpenSSL
//              └──► Paths
//   Serving ──┬──► HTTP
//             ├──► Callback                   the head of a request, and the socket that listens
//             └──► OAuth
//   Stores ──┬──► HTTP
//            ├──► OAuth                      secrets
//            ├──► Paths
//            └──► Rotation                   what it asks of an engine
//
//   xauth-sandbox ──► Sandbox ──┬──► COpenSSL     a stand-in for X on loopback: it shares no OAuth
//                               └──► Callback     with what it tests
//
// In xauth, XAuthTool knows all others and Rotation three of them; of the rest, Serving and Stores alone
// know others. No SwiftPM packages. Three system libraries: Foundation (FoundationEssentials only: ICU costs
// 4 ms at every start), OpenSSL, and libcurl, because on Linux URLSession hangs on a 401 with a Basic
// challenge and can't be given a private CA. OpenSSL and libcurl are compiled against their real
// headers and loaded at first use: linked, they would make every `xauth token` start 1.5 and 5 times
// slower.

let parsers: [Target.Dependency] = [
  "CommandTable", "DotEnv", "DurableFile", "OAuth", "Rotation", "HTTP", "Callback", "Serving",
  "Stores", "XAuthTool",
]

let package = Package(
  name: "xauth",
  products: [
    .executable(name: "xauth", targets: ["xauth"]),
    .executable(name: "xauth-sandbox", targets: ["xauth-sandbox"]),
  ],
  targets: [
    .target(name: "CSystem"),
    .target(name: "COpenSSL"),
    .target(name: "CCurl"),
    .target(name: "Paths"),

    .target(name: "CommandTable"),
    .target(name: "DotEnv"),
    .target(name: "DurableFile", dependencies: ["CSystem", "Paths"]),
    .target(name: "OAuth", dependencies: ["COpenSSL"]),
    .target(name: "HTTP", dependencies: ["CCurl", "Paths"]),
    .target(name: "Callback", dependencies: ["COpenSSL", "Paths"]),
    .target(name: "Rotation", dependencies: ["DotEnv", "DurableFile", "OAuth"]),
    .target(name: "Serving", dependencies: ["HTTP", "Callback", "OAuth"]),

    .target(name: "Stores", dependencies: ["HTTP", "OAuth", "Paths", "Rotation"]),

    .target(
      name: "XAuthTool",
      dependencies: [
        "CommandTable", "DotEnv", "DurableFile", "OAuth", "Rotation", "HTTP", "Callback",
        "Serving", "Stores", "Paths", "CSystem",
      ]),
    .executableTarget(name: "xauth", dependencies: ["XAuthTool"]),

    .target(name: "Sandbox", dependencies: ["Callback", "COpenSSL"]),
    .executableTarget(name: "xauth-sandbox", dependencies: ["Sandbox"]),

    .target(name: "TestSupport", path: "Tests/TestSupport"),
    .target(name: "TableCheck", dependencies: ["CommandTable"], path: "Tests/TableCheck"),
    .testTarget(name: "ArchitectureTests", dependencies: ["TestSupport"]),
    .testTarget(
      name: "CommandTableTests", dependencies: ["CommandTable", "TableCheck", "TestSupport"]),
    .testTarget(name: "DotEnvTests", dependencies: ["DotEnv", "TestSupport"]),
    .testTarget(name: "CSystemTests", dependencies: ["CSystem"]),
    .testTarget(name: "PathsTests", dependencies: ["Paths", "TestSupport"]),
    .testTarget(name: "DurableFileTests", dependencies: ["DurableFile", "Paths", "TestSupport"]),
    .testTarget(name: "OAuthTests", dependencies: ["OAuth", "TestSupport"]),
    .testTarget(
      name: "RotationTests",
      dependencies: ["DotEnv", "DurableFile", "OAuth", "Rotation", "TestSupport"]),
    .testTarget(name: "HTTPTests", dependencies: ["HTTP", "Paths", "TestSupport"]),
    .testTarget(name: "CallbackTests", dependencies: ["Callback", "COpenSSL", "TestSupport"]),
    .testTarget(
      name: "ServingTests", dependencies: ["Serving", "HTTP", "Callback", "OAuth", "TestSupport"]),
    .testTarget(
      name: "StoresTests", dependencies: ["Stores", "HTTP", "OAuth", "Rotation", "TestSupport"],
      exclude: ["Drivers"]),
    .testTarget(
      name: "SandboxTests", dependencies: ["Callback", "Sandbox", "TestSupport", "xauth-sandbox"]),
    .testTarget(
      name: "XAuthToolTests",
      dependencies: [
        "XAuthTool", "CommandTable", "DotEnv", "DurableFile", "OAuth", "Rotation", "HTTP",
        "Callback",
        "Serving", "Paths", "TableCheck", "TestSupport",
      ]),
    .testTarget(
      name: "EndToEndTests", dependencies: ["Callback", "TestSupport", "xauth", "xauth-sandbox"],
      exclude: ["Drivers", "Sessions"]),
    .testTarget(name: "TortureTests", dependencies: ["TestSupport", "xauth", "xauth-sandbox"]),
    .testTarget(
      name: "FuzzTests", dependencies: parsers + ["TestSupport"],
      exclude: ["Corpus", "Crashers", "FuzzProgram.swift"]),
  ],
  swiftLanguageModes: [.v6]
)

// For scripts/fuzz alone: the same sources around libFuzzer, which brings a main function of its
// own, in the place of the tests that replay what it found.
if Context.environment["XAUTH_FUZZ"] != nil {
  package.targets.removeAll { $0.name == "FuzzTests" }
  package.targets.append(
    .executableTarget(
      name: "xauth-fuzz", dependencies: parsers, path: "Tests/FuzzTests",
      exclude: ["Corpus", "Crashers", "ReplayTests.swift"]))
}
