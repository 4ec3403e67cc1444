import Foundation
import TestSupport
import Testing

/// Each script that CONTRIBUTING.md lists, called as it stands there. None of them runs
/// the tests from here: all tests within one of them would come to no end. None measures, tortures
/// or fuzzes for minutes either: what a script would start is looked at instead, and what that does is
/// what TortureTests, and CI by `scripts/fuzz --quick`, run in short.
@Suite("The scripts that contributors call", .needsCheckout)
struct ContributingTests {
  /// Runs a line of it in a workshop of its own, and looks at what it did there.
  typealias Trial = @Sendable (_ line: String, _ workshop: Workshop) async throws -> Void

  static let trials = [checkTrials, writingTrials, longTrials, releaseTrials]
    .reduce(into: [String: Trial]()) { $0.merge($1) { first, _ in first } }

  /// The call in a line, without the comment behind it.
  static func call(in line: some StringProtocol) -> String {
    line.components(separatedBy: "  #")[0].trimmingCharacters(in: .whitespaces)
  }

  @Test("it takes the call, and does what is said of it", arguments: trials.keys.sorted())
  func trial(call: String) async throws {
    let lines = try ReadmeExamplesTests.lines(of: "contribute")
    let line = try #require(lines.first { Self.call(in: $0) == call })
    let trial = try #require(Self.trials[call])
    try await trial(line, Workshop())
  }

  @Test("Swift 6.0 is enough for a build; the tests say that they need more, before they build")
  func olderSwift() async throws {
    let workshop = try await Workshop()
    workshop.play("swift", "echo 'Swift version 6.0.3 (swift-6.0.3-RELEASE)'")
    #expect(try workshop.output(of: "scripts/bootstrap 2>&1") == "")
    let said = "bootstrap: Swift 6.0 is too old for the tests, 6.2 or newer is needed: "
    for (script, before) in [("scripts/test", ""), (".ci/run", "== check\n")] {
      let output = try workshop.output(of: "if \(script) 2>&1; then exit 9; fi")
      #expect(output.hasPrefix(before + said), "\(output)")
      #expect(output.split(separator: "\n").count == (before == "" ? 1 : 2), "\(output)")
    }
  }

  @Test(
    "libraries that are too old are named before a build",
    .enabled(if: ReaderMachine.hasLayers, ReaderMachine.needOfLayers))
  func olderLibraries() async throws {
    _ = try await Checkout.programs()
    for (header, line, said) in [
      ("curl/curlver.h", "#define LIBCURL_VERSION \"7.74.0\"", "libcurl 7.74.0 is too old here"),
      ("openssl/opensslv.h", "# define OPENSSL_VERSION_TEXT \"1.1.1w\"", "OpenSSL is too old here"),
    ] {
      let machine = try ReaderMachine(isInstalled: false, layers: ["/usr"])
      let outcome = try machine.shell(
        """
        install -D /dev/stdin /usr/local/include/\(header) <<<'\(line)'
        cd '\(Checkout.path)'
        scripts/bootstrap
        """, environment: ["PATH": Checkout.searchPath])
      #expect(outcome.status == 1)
      #expect(outcome.errors.contains("bootstrap: \(said)"), "\(outcome.errors)")
      #expect(!outcome.errors.contains("apt"))
    }
  }

  private static let checkTrials: [String: Trial] = [
    ".ci/run": { line, workshop in
      let output = try workshop.output(of: line)
      #expect(output.contains("checks and tests pass"))
      #expect(workshop.calls.contains { $0.hasPrefix("format lint --strict ") })
      expectAllTests(workshop.calls)
      try expectFuzzing(workshop.calls, limit: "-runs=2000")
    },
    "scripts/test DotEnvTests": { line, workshop in
      #expect(try workshop.output(of: line).contains("Test run with"))
      #expect(workshop.calls.last == "test --skip-build --disable-xctest --filter DotEnvTests")
      try expectSuites(["DotEnvTests"])
    },
    "scripts/check --full": { line, workshop in
      try playCoverage(in: workshop)
      _ = try workshop.output(of: line)
      #expect(workshop.calls.contains { $0.hasPrefix("format lint --strict ") })
      for sanitizer in ["address", "thread"] {
        expectAllTests(workshop.calls, flag: " --sanitize \(sanitizer)")
      }
      try expectFuzzing(workshop.calls, limit: "-max_total_time=60")
      expectAllTests(workshop.calls, flag: " --enable-code-coverage")
    },
    "scripts/coverage": { line, workshop in
      try playCoverage(in: workshop)
      let output = try workshop.output(of: line)
      expectAllTests(workshop.calls, flag: " --enable-code-coverage")
      #expect(output.contains("1 of 3     Sources/OAuth/Secret.swift\n"), "\(output)")
    },
  ]

  private static let writingTrials: [String: Trial] = [
    "scripts/format": { line, workshop in
      // One file is enough.
      _ = try workshop.output(of: "rm -r Sources Tests")
      try workshop.write("let  one=1\n", to: "Sources/One.swift")
      try workshop.write("let two = 2\n", to: "Tests/Two.swift")
      _ = try workshop.output(of: line)
      #expect(workshop.text("Sources/One.swift") == "let one = 1\n")
    },
    "scripts/golden": { line, workshop in
      let output = try workshop.output(of: line)
      #expect(output.contains("Tests/Golden/man/xauth.1"))
      let words = try #require(workshop.calls.last).split(separator: " ").map(String.init)
      #expect(words.prefix(2) == ["REWRITE_GOLDENS=1", "test"])
      let filters = zip(words, words.dropFirst()).filter { $0.0 == "--filter" }.map(\.1)
      #expect(filters.contains("GoldenTests"))
      try expectSuites(filters)
    },
    "scripts/picture": { line, workshop in
      let before = workshop.text(".github/login.svg")
      _ = try workshop.output(of: "rm .github/login.svg; \(line)")
      #expect(workshop.text(".github/login.svg") == before)
      #expect(before?.contains("$ xauth login") == true)
    },
    "scripts/preview-pages": { line, workshop in
      let output = try workshop.output(of: line)
      let pages = "\(workshop.path)/.build/pages"
      #expect(output.hasSuffix("preview-pages: \(pages)/index.html\n"))
      #expect(
        workshop.calls.last == "PREVIEW_PAGES=\(pages) test --skip-build --disable-xctest"
          + " --filter PageBrowserTests")
      try expectSuites(["PageBrowserTests"])
    },
  ]

  /// They run for minutes: what they would run says its name instead.
  private static let longTrials: [String: Trial] = [
    "scripts/torture --quick": { line, workshop in
      let sections = [
        "syscalls", "power", "faults", "signals", "races", "editors", "callback", "copies", "views",
        "proof", "mixed", "users", "fleet",
      ]
      try playSections(sections, in: workshop)
      let output = try workshop.output(of: line)
      let said = sections.map { "\($0) \(workshop.programs) quickly\n" }.joined()
      #expect(output.hasPrefix(said), "\(output)")
      #expect(output.contains("0 in all, 0 broken"))
    },
    "scripts/torture callback": { line, workshop in
      try playSections(["callback"], in: workshop)
      let output = try workshop.output(of: line)
      #expect(output.hasPrefix("callback \(workshop.programs) at length\n"), "\(output)")
    },
    "scripts/fuzz": { line, workshop in
      let output = try workshop.output(of: line)
      try expectFuzzing(workshop.calls, limit: "-max_total_time=180")
      #expect(workshop.calls.contains { $0.contains("-sanitize=fuzzer,address") })
      #expect(output.components(separatedBy: " held\n").count == 1 + (try fuzzTargets().count))
    },
    "scripts/interop": { line, workshop in
      // What it plays with comes from PyPI, and a test needs nobody's network.
      var packages = [
        "venv": try #require(
          workshop.text("scripts/interop")?.firstMatch(of: /authlib=\((.*)\)/)?.1)
      ]
      for generation in ["new", "old"] {
        let pins = workshop.text("scripts/interop.d/serving/requirements-\(generation).txt")
        packages["venv-\(generation)"] = try #require(pins).split(separator: "\n")
          .joined(separator: " ")[...]
      }
      for (venv, packages) in packages {
        let venv = ".build-tools/interop/\(venv)"
        try workshop.write("\(packages)\n", to: "\(venv)/packages")
        try workshop.write("#!/bin/sh\necho \"$*\"\n", to: "\(venv)/bin/python", mode: 0o755)
      }
      let calls = ["interop.py", "serving/serving.py"].map {
        "-B scripts/interop.d/\($0) --bin \(workshop.programs)\n"
      }
      #expect(try workshop.output(of: line) == calls.joined())
    },
    "scripts/bench": { line, workshop in
      // The scripts beside which it measures need PyPI's requests.
      try workshop.write(
        "#!/bin/sh\nexec python3 \"$@\"\n", to: ".build-tools/bench/venv/bin/python", mode: 0o755)
      try workshop.write(
        """
        import sys

        class EndlessServer:
            pass

        class Stage:
            def __init__(self, binaries, tools, folder):
                print(binaries, sorted(each.name for each in tools.iterdir()))
                sys.exit(0)

        """, to: "scripts/bench.d/stage.py")
      let output = try workshop.output(of: line)
      #expect(output.contains("xauth has "))
      let tools = "\(workshop.path)/.build-tools/bench"
      #expect(output.hasSuffix("\(tools)/bin ['bin', 'empty', 'measure', 'venv']\n"), "\(output)")
    },
  ]

  private static let releaseTrials: [String: Trial] = [
    "scripts/build": { line, workshop in
      let outcome = try Child.run(
        "/bin/bash", ["-c", line], environment: Checkout.environment, folder: Checkout.path,
        seconds: 120)
      #expect(outcome.output == "\(workshop.programs)\n", "\(outcome.errors)")
      let version = try Child.run("\(workshop.programs)/xauth", ["version"])
      #expect(version.status == 0)
    },
    "scripts/release VERSION": { line, _ in
      // Packing takes a while: it is done once for all tests.
      let version = try await Checkout.version()
      #expect(
        call(in: line).replacing("VERSION", with: "--system \(version)")
          == Checkout.releaseCall(version))
      let names = try FileManager.default.contentsOfDirectory(atPath: Checkout.release)
      #expect(names.count == 4)
      #expect(names.contains { $0.hasPrefix("xauth-\(version)-linux-") && $0.hasSuffix(".tar.gz") })
      #expect(names.contains { $0.hasPrefix("x-auth_\(version)_") && $0.hasSuffix(".deb") })
      #expect(names.contains { $0.hasPrefix("xauth_cli-") && $0.contains("-py3-none-linux_") })
      #expect(names.contains("SHA256SUMS"))
    },
  ]
}
