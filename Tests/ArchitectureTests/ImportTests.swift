import Foundation
import TestSupport
import Testing

/// Who may import whom. The compiler alone doesn't hold it: SwiftPM lets a module import whatever
/// happens to be built already.
@Suite("Modules")
struct ImportTests {
  /// What comes with the system or the compiler.
  static let systemLibraries: Set = ["Glibc", "Synchronization"]
  static let testLibraries: Set = ["Foundation", "Testing"]
  /// The modules that load Foundation's small part. None may load the whole, which brings ICU.
  static let withFoundation: Set = ["OAuth", "Rotation", "Sandbox", "Stores", "XAuthTool"]

  @Test("every folder of sources is a target's")
  func folders() throws {
    let targets = try Manifest.load().targets
    for parent in ["Sources", "Tests"] {
      let all = try FileManager.default.contentsOfDirectory(atPath: "\(Repository.path)/\(parent)")
      let withSources = all.map { "\(parent)/\($0)" }.filter { !Self.swiftFiles(in: $0).isEmpty }
      #expect(Set(withSources).subtracting(targets.map(\.folder)) == [])
    }
  }

  @Test("the manifest's picture has an arrow for every dependency, and no other")
  func picture() throws {
    let comments = try Repository.text("Package.swift").split(separator: "\n")
      .filter { $0.hasPrefix("//") }.map { String($0.dropFirst(2)) }
    let arrows = Picture(comments).arrows
    let targets = try Manifest.load().targets
    for target in targets where target.isProduct {
      #expect(arrows[target.name, default: []] == target.modules, "\(target.name)")
    }
    #expect(Set(arrows.keys).subtracting(targets.map(\.name)) == [])
  }

  @Test("a module imports nothing but what the manifest says it depends on")
  func imports() throws {
    for target in try Manifest.load().targets {
      var permitted = target.modules.union(Self.systemLibraries)
      if !target.isProduct { permitted.formUnion(Self.testLibraries) }
      if Self.withFoundation.contains(target.name) { permitted.insert("FoundationEssentials") }
      for file in Self.swiftFiles(in: target.folder) {
        for name in Self.imports(in: try String(contentsOf: file, encoding: .utf8)) {
          #expect(permitted.contains(name), "\(target.name)/\(file.lastPathComponent): \(name)")
        }
      }
    }
  }

  @Test("arrows are found in lines and at branches")
  func arrows() {
    let picture = Picture([
      "a ──► B ──┬──► C      what C is for", "          └──► D ───► E    others", "", "f ──► G",
    ])
    #expect(picture.arrows == ["a": ["B"], "B": ["C", "D"], "D": ["E"], "f": ["G"]])
  }

  @Test("an import is found in whatever form it is written")
  func forms() {
    let text = """
      import Glibc
        @testable import DotEnv
      public import struct Foundation.Data
      // import OAuth
      let text = "import HTTP"
      """
      + "\nlet script = \"\"\"\nimport json\n\"\"\"\npackage import OAuth"
    #expect(Self.imports(in: text) == ["Glibc", "DotEnv", "Foundation", "OAuth"])
  }

  /// The modules that `text` imports. What another program imports, in a string of many lines,
  /// doesn't count.
  static func imports(in text: String) -> [String] {
    let code = text.components(separatedBy: "\"\"\"").enumerated()
      .filter { $0.offset.isMultiple(of: 2) }.flatMap { $0.element.split(separator: "\n") }
    return code.compactMap { line in
      let words = line.split(separator: " ")
      let modifiers: Set<Substring> = ["@testable", "public", "package", "internal"]
      guard let keyword = words.firstIndex(of: "import"),
        words[..<keyword].allSatisfy(modifiers.contains)
      else { return nil }
      let kinds = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
      let name = words[(keyword + 1)...].first { !kinds.contains(String($0)) }
      return name?.split(separator: ".").first.map(String.init)
    }
  }

  static func swiftFiles(in folder: String) -> [URL] {
    let folder = URL(filePath: "\(Repository.path)/\(folder)")
    let all = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    return (all?.allObjects as? [URL] ?? []).filter { $0.pathExtension == "swift" }
  }
}
