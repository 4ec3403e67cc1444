import Foundation
import TestSupport
import Testing

/// What `scripts/fuzz` starts from and what it has found, as ordinary tests.
@Suite("Inputs that were once made up")
struct ReplayTests {
  struct Input: Sendable, CustomTestStringConvertible {
    let target: FuzzTarget
    let path: String

    var testDescription: String { path.split(separator: "/").suffix(3).joined(separator: "/") }
  }

  private static let folder = "\(Repository.path)/Tests/FuzzTests"

  private static func inputs(in collection: String) -> [Input] {
    FuzzTarget.all.flatMap { target in
      let folder = "\(folder)/\(collection)/\(target.name)"
      let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      return files.sorted().map { Input(target: target, path: "\(folder)/\($0)") }
    }
  }

  @Test("every promise is kept for an input of the corpus", arguments: inputs(in: "Corpus"))
  func corpus(_ input: Input) throws { try replay(input) }

  @Test("what broke a promise once breaks it no more", arguments: inputs(in: "Crashers"))
  func crashers(_ input: Input) throws { try replay(input) }

  @Test("no input at all breaks no promise", arguments: FuzzTarget.all)
  func empty(_ target: FuzzTarget) throws { try target.check([]) }

  @Test("every target has a corpus, and every folder a target")
  func folders() throws {
    let names = Set(FuzzTarget.all.map(\.name))
    let files = FileManager.default
    #expect(Set(try files.contentsOfDirectory(atPath: "\(Self.folder)/Corpus")) == names)
    let crashers = (try? files.contentsOfDirectory(atPath: "\(Self.folder)/Crashers")) ?? []
    #expect(names.isSuperset(of: crashers))
  }

  private func replay(_ input: Input) throws {
    try input.target.check([UInt8](try Data(contentsOf: URL(filePath: input.path))))
  }
}
