import TestSupport
import Testing

@testable import DotEnv

@Suite("Documents at random")
struct DotEnvFuzzTests {
  private static let scraps: [[UInt8]] =
    [
      "KEY=", "KEY=", "KEY", "KEY2=", "export ", "A=", "A='", "B=\"", "C=`", "=", " = ", " ", "\t",
      "#", " # c", "'", "\"", "`", "\\", "$", "${X}", "\n", "\n", "\n", "\r\n", "\r", "v",
      "old value",
      "\u{FEFF}", "\u{E9}", "KEY=old\n", "\nKEY='old'\n", "\nKEY = \"x", ":", "\0",
    ].map { Array($0.utf8) } + [[0xFF], [0xC3], [0xEF, 0xBB]]

  private static func document(_ random: inout SeededGenerator) -> DotEnvDocument {
    let count = Int.random(in: 0...40, using: &random)
    return DotEnvDocument((0..<count).flatMap { _ in scraps.randomElement(using: &random) ?? [] })
  }

  @Test(
    "A token can be set in every document; all else stays, and setting it again changes nothing")
  func tokens() throws {
    var random = SeededGenerator(seed: 8976)
    for _ in 0..<6000 {
      let document = Self.document(&random)
      let result = try document.setting("KEY", "bmV3+/x~:9==", origin: .server)
      try check(result, of: document, value: "bmV3+/x~:9==")
      try check(try document.setting("KEY", ""), of: document, value: "")
    }
  }

  @Test("Any value is either stored and read back, or refused with a reason")
  func anyValue() throws {
    var random = SeededGenerator(seed: 6749)
    let alphabet: [Character] = [
      "a", "'", "\"", "`", "\\", "$", "{", "#", " ", "\n", "\r", "=", ":", "~",
    ]
    for _ in 0..<6000 {
      let document = Self.document(&random)
      let length = Int.random(in: 0...5, using: &random)
      let value = String((0..<length).map { _ in alphabet.randomElement(using: &random) ?? "a" })
      do {
        try check(
          try document.setting("KEY", value, origin: .server), of: document, value: value)
      } catch DotEnvFailure.openQuote(let key, _) {
        #expect(key == "KEY" && !document.openQuotes.isEmpty)
      }
    }
  }

  @Test("A document that takes the hardest values takes all others, and doesn't grow as much")
  func hardestValue() throws {
    var random = SeededGenerator(seed: 6750)
    let alphabet = Array("aaa'\"`\\$${# =:~")
    var taken = 0
    for _ in 0..<6000 {
      let document = Self.document(&random)
      let hardest = DotEnvChange.hardestValue(count: 8)
      func changes(_ value: () -> String) -> [DotEnvChange] {
        ["KEY", "KEY2"].map { DotEnvChange($0, value(), origin: .server) }
      }
      guard let worst = try? document.setting(changes { hardest }) else { continue }
      taken += 1
      for _ in 0..<4 {
        let result = try document.setting(
          changes {
            let length = Int.random(in: 3...8, using: &random)
            return String((0..<length).map { _ in alphabet.randomElement(using: &random) ?? "a" })
          })
        try #require(result.bytes.count < worst.bytes.count, "\(document.bytes)")
      }
    }
    #expect(taken > 1000)
  }

  @Test("Bytes at random are read without a trap, and kept")
  func noise() {
    var random = SeededGenerator(seed: 7636)
    for _ in 0..<3000 {
      let count = Int.random(in: 0...60, using: &random)
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
      let document = DotEnvDocument(bytes)
      #expect(document.bytes == bytes)
      #expect(document.keys.allSatisfy { document.value(of: $0) != nil })
    }
  }

  @Test("Files put together from known pieces change where they should")
  func knownPieces() throws {
    let assigned = [
      ("KEY=old\n", "KEY=new\n"), ("export KEY='a\nKEY=b' # c\n", "export KEY=new # c\n"),
      (" KEY = \"old\"  \r\n", " KEY = new\r\n"), ("KEY=# c\n", "KEY=new\n"),
    ]
    let others = [
      "# KEY=old's\n", "A=\"it's\nKEY=old\n\"\r\n", "B='\"\nexport KEY=old\n'# \"\n", "\n",
      "C=it's\n",
      "KEYS=old\r\n", "D=`\nKEY=old\n\\`` # '\n", "junk\n", "E=\n", "\0\u{FEFF}=x\n",
    ]
    let pieces = assigned + others.map { ($0, $0) }
    var random = SeededGenerator(seed: 7009)
    for _ in 0..<2000 {
      let count = Int.random(in: 1...12, using: &random)
      let chosen = (0..<count).compactMap { _ in pieces.randomElement(using: &random) }
      let before = chosen.map(\.0).joined()
      var after = chosen.map(\.1).joined()
      if !chosen.contains(where: { $0.0 != $0.1 }) {
        let pairs = DotEnvDocument(text: before).lineEnding == .carriageReturnLineFeed
        after += pairs ? "KEY=new\r\n" : "KEY=new\n"
      }
      #expect(try setKey(in: before) == after)
    }
  }

  @Test("A change that touches anything else is noticed before it is written")
  func damage() throws {
    let others = [
      "A=1\n", "B='two\nlines'\n", "# c\n", "export C=\"3\" # c\n", "D=it's\n", "E='\n",
    ]
    var random = SeededGenerator(seed: 1234)
    for _ in 0..<2000 {
      var pieces = (0..<8).compactMap { _ in others.randomElement(using: &random) }
      pieces.insert("KEY=old\n", at: Int.random(in: 0...8, using: &random))
      let document = DotEnvDocument(text: pieces.joined())
      let rewrite = DotEnvRewrite(
        document: document, changes: [DotEnvChange("KEY", "new", origin: .server)])
      let result = DotEnvDocument(try rewrite.bytes())
      try #require(rewrite.firstKeyNotRead(in: result) == nil)
      for assignment in result.assignments {
        var bytes = result.bytes
        bytes[assignment.content.lowerBound] = UInt8(ascii: "x")
        try #require(rewrite.firstKeyNotRead(in: DotEnvDocument(bytes)) != nil, "\(bytes)")
      }
    }
  }

  private func check(
    _ result: DotEnvDocument, of document: DotEnvDocument, value: String
  ) throws {
    try #require(result.value(of: "KEY")?.text == value, "\(document.bytes)")
    try #require(try result.setting("KEY", value, origin: .server) == result, "\(document.bytes)")
    let before = document.frame(of: "KEY")
    let after = result.frame(of: "KEY")
    if before.count > 1 {
      try #require(after == before, "\(document.bytes)")
    } else {
      try #require(result.bytes.starts(with: document.bytes), "\(document.bytes)")
      try #require(after.count == 2, "\(document.bytes)")
    }
  }
}

extension DotEnvDocument {
  /// The bytes around the values of `key`: one run more than it has assignments.
  fileprivate func frame(of key: String) -> [[UInt8]] {
    var runs: [[UInt8]] = []
    var start = 0
    for assignment in assignments where isKey(key, of: assignment) {
      runs.append(Array(bytes[start..<assignment.extent.lowerBound]))
      start = assignment.extent.upperBound
    }
    runs.append(Array(bytes[start...]))
    // The one byte that may come in: `KEY='v'#c` becomes `KEY=v #c`.
    return runs.enumerated().map { index, run in
      index > 0 && run.first == .hash ? [.space] + run : run
    }
  }
}
