import Foundation
import TestSupport
import Testing

/// A clone to call the repository's scripts in. `swift` is played there: it builds nothing, as the
/// release programs are those of the checkout, and runs no tests, as these are the tests. What it is
/// called for is kept. It formats in earnest.
final class Workshop {
  private let folder = TemporaryFolder()
  /// Where the release programs are.
  let programs: String

  /// The clone's folder.
  var path: String { folder.file("clone") }

  /// Makes it.
  init() async throws {
    programs = try await Checkout.programs()
    let swift = try #require(Checkout.swift)
    let made = try Child.run(
      "/bin/bash",
      [
        "-euc",
        """
        git clone --quiet --shared "$0" clone
        mkdir clone/.build-tools tools
        ln -s "$0"/.build-tools/{nginx,venv} clone/.build-tools
        """, Checkout.path,
      ], environment: Checkout.environment, folder: folder.path)
    try #require(made.status == 0, "\(made.errors)")
    play(
      "swift",
      """
      for name in PREVIEW_PAGES REWRITE_GOLDENS; do
        eval "[ -z \\"\\${$name-}\\" ] || printf '%s ' \\"$name=\\$$name\\"" >>'\(log)'
      done
      echo "$*" >>'\(log)'
      case "$*" in
        --version | demangle* | *--in-place*) exec '\(swift)' "$@" ;;
        *--show-bin-path*) echo '\(programs)' ;;
        *xauth-fuzz*)
          folder=${*#*--configuration }
          folder=.build-fuzz/${folder%% *}
          mkdir -p "$folder"
          ln -sf '\(folder.file("tools/fuzzer"))' "$folder"/xauth-fuzz ;;
        build*)
          # The folder that it builds in.
          folder=${*#*--scratch-path }
          [ "$folder" != "$*" ] || folder=.build
          mkdir -p "${folder%% *}" ;;
        test*) echo '✔ Test run with 0 tests in 0 suites passed.' ;;
      esac
      """)
    play(
      "fuzzer",
      """
      echo "fuzzer $XAUTH_FUZZ_TARGET $*" >>'\(log)'
      printf '#2000\\tDONE   cov: 9 ft: 9\\n'
      """)
  }

  /// Puts a shell script in the place of a program.
  func play(_ name: String, _ script: String) {
    folder.write("#!/bin/sh\n\(script)\n", to: "tools/\(name)", mode: 0o755)
  }

  /// Writes `text` to a file of the clone.
  func write(_ text: String, to name: String, mode: mode_t = 0o644) throws {
    let folders = "clone/\(name)".split(separator: "/").dropLast().joined(separator: "/")
    try FileManager.default.createDirectory(
      atPath: folder.file(folders), withIntermediateDirectories: true)
    folder.write(text, to: "clone/\(name)", mode: mode)
  }

  /// The text of a file of the clone.
  func text(_ name: String) -> String? { folder.text("clone/\(name)") }

  /// Runs what a contributor types; it must succeed. Returns what it printed.
  func output(of line: String) throws -> String {
    let outcome = try Child.run(
      "/bin/bash", ["-euo", "pipefail", "-c", line],
      environment: Checkout.environment.merging([
        "PATH": "\(folder.file("tools")):\(Checkout.searchPath)"
      ]) { $1 }, folder: path, seconds: 60)
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    return outcome.output
  }

  /// What `swift` was called for, a line each; without its search for a version.
  var calls: [String] {
    (folder.text("calls") ?? "").split(separator: "\n").map(String.init)
      .filter { $0 != "--version" }
  }

  private var log: String { folder.file("calls") }
}
