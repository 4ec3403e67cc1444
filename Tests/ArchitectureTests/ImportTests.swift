import Foundation
import Testing

/// Who may import whom. The compiler alone doesn't hold it: SwiftPM lets a module import whatever
/// happens to be built already.
@Suite("Modules")
struct ImportTests {
  static let systemLibraries: Set = ["Glibc", "Synchronization"]

  /// The arrows of the manifest's picture.
  static let allowed: [String: Set<String>] = [
    "CommandTable": [],
    "DotEnv": [],
    "DurableFile": ["CSystem"],
    "OAuth": ["COpenSSL", "FoundationEssentials"],
    "HTTP": ["CCurl"],
    "Callback": ["COpenSSL"],
    "Sandbox": ["COpenSSL", "FoundationEssentials"],
    "XAuthKit": [
      "CommandTable", "DotEnv", "DurableFile", "OAuth", "HTTP", "Callback", "CSystem",
      "FoundationEssentials",
    ],
    "xauth": ["XAuthKit"],
    "xauth-sandbox": ["Sandbox"],
  ]

  static let sources = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources")

  @Test("every module of the product is in the table")
  func table() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: Self.sources.path)
    let inSwift = folders.filter { !Self.swiftFiles(of: $0).isEmpty }
    #expect(Set(inSwift) == Set(Self.allowed.keys))
  }

  @Test("a module imports nothing that it may not know", arguments: allowed.keys.sorted())
  func imports(of module: String) throws {
    let permitted = Self.allowed[module, default: []].union(Self.systemLibraries)
    for file in Self.swiftFiles(of: module) {
      let text = try String(contentsOf: file, encoding: .utf8)
      for name in Self.imports(in: text) {
        #expect(permitted.contains(name), "\(file.lastPathComponent) imports \(name)")
      }
    }
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
    #expect(Self.imports(in: text) == ["Glibc", "DotEnv", "Foundation"])
  }

  /// The modules that `text` imports. Foundation as a whole counts only where FoundationEssentials
  /// isn't there: the product must not load ICU.
  static func imports(in text: String) -> [String] {
    let withoutFallback = text.replacing("#else\n  import Foundation\n#endif", with: "#endif")
    return withoutFallback.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      guard let keyword = words.firstIndex(of: "import"),
        words[..<keyword].allSatisfy({ $0.hasPrefix("@") || ["public", "internal"].contains($0) })
      else { return nil }
      let kinds = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
      let name = words[(keyword + 1)...].first { !kinds.contains(String($0)) }
      return name?.split(separator: ".").first.map(String.init)
    }
  }

  static func swiftFiles(of module: String) -> [URL] {
    let folder = sources.appending(path: module)
    let all = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    return (all?.allObjects as? [URL] ?? []).filter { $0.pathExtension == "swift" }
  }
}
