import Foundation
import TestSupport
import Testing

extension ContributingTests {
  /// Expects that all tests would be built and run, with a flag.
  static func expectAllTests(_ calls: [String], flag: String = " --skip-build") {
    #expect(calls.contains { $0.hasPrefix("build ") && $0.contains("--build-tests") })
    #expect(
      calls.contains {
        $0.hasPrefix("test ") && $0.contains(flag) && !$0.contains("--filter")
      }, "\(calls)")
  }

  /// Expects that every parser would be fuzzed, each so long.
  static func expectFuzzing(_ calls: [String], limit: String) throws {
    let fuzzed = calls.filter { $0.hasPrefix("fuzzer ") && $0.contains(" \(limit) ") }
      .map { $0.split(separator: " ")[1] }
    #expect(try fuzzed.sorted() == fuzzTargets().map { Substring($0) })
  }

  static func fuzzTargets() throws -> [String] {
    try FileManager.default.contentsOfDirectory(
      atPath: "\(Repository.path)/Tests/FuzzTests/Corpus"
    ).sorted()
  }

  /// Expects that `filters` name suites or modules of tests.
  static func expectSuites(_ filters: [String]) throws {
    let names = try FileManager.default.subpathsOfDirectory(atPath: "\(Repository.path)/Tests")
    let texts = try names.filter { $0.hasSuffix(".swift") }.map {
      try Repository.text("Tests/\($0)")
    }
    for filter in filters {
      #expect(
        names.contains(filter) || texts.contains { $0.contains("struct \(filter) {") },
        "\(filter)")
    }
  }

  /// Has the sections of the torture say what they were asked for.
  static func playSections(_ sections: [String], in workshop: Workshop) throws {
    for section in sections {
      try workshop.write(
        """
        def torture(binaries, figures, quick, jobs):
            print("\(section)", binaries, "quickly" if quick else "at length")

        """, to: "scripts/torture.d/\(section).py")
    }
  }

  /// Nothing ran that counts: the compiler's tools have a count of their own.
  static func playCoverage(in workshop: Workshop) throws {
    workshop.play("llvm-profdata", ":")
    workshop.play(
      "llvm-cov",
      """
      cat <<JSON
      {"data": [{"functions": [], "files": [{"filename": "$PWD/Sources/OAuth/Secret.swift",
        "summary": {"lines": {"count": 3, "covered": 2}, "functions": {"count": 1, "covered": 1},
          "regions": {"count": 2, "covered": 1}}}]}]}
      JSON
      """)
  }
}
