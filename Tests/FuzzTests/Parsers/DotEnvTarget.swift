@testable import DotEnv

extension FuzzTarget {
  /// A key, a value and a document.
  static let dotenv = FuzzTarget(name: "dotenv") { input in
    let parts = input.parts(3)
    let (key, value) = (parts[0].text, parts[1].text)
    let document = DotEnvDocument(parts[2])
    try promise("a document is its bytes", document.bytes == parts[2])
    try promise("every key has a value", document.keys.allSatisfy { document.value(of: $0) != nil })
    try checkQuoting(value)
    for origin in [DotEnvChange.Origin.server, .person] {
      try checkSetting(DotEnvChange(key, value, origin: origin), in: document)
    }
    try checkGrant(value, in: document)
  }

  private static func checkQuoting(_ value: String) throws {
    for quoting in DotEnvQuoting.allCases where quoting.holds(value) {
      let text = quoting.write(value)
      let document = DotEnvDocument(Array("K=\(text)\n".utf8))
      try promise(
        "a quoted value is read back", document.value(of: "K")?.bytes == Array(value.utf8))
      try promise("a quoted value is one line", !text.utf8.contains { $0 == 10 || $0 == 13 })
    }
  }

  private static func checkSetting(_ change: DotEnvChange, in document: DotEnvDocument) throws {
    let result: DotEnvDocument
    do throws(DotEnvFailure) {
      result = try document.setting([change])
    } catch {
      return try checkFailure(error, of: change, in: document)
    }
    try promise(
      "what was set is read back", result.value(of: change.key)?.bytes == Array(change.value.utf8))
    try promise("a second time changes nothing", try result.setting([change]) == result)
    for key in document.keys where key != change.key {
      try promise(
        "another key keeps its value",
        document.value(of: key)?.bytes == result.value(of: key)?.bytes
      )
    }
    let (before, after) = (document.frame(of: change.key), result.frame(of: change.key))
    if before.count > 1 {
      try promise("everything around the value stays", before == after)
    } else {
      try promise("a new key goes to the end", result.bytes.starts(with: document.bytes))
      try promise("a new key is there once", after.count == 2)
    }
  }

  private static func checkFailure(
    _ failure: DotEnvFailure, of change: DotEnvChange, in document: DotEnvDocument
  ) throws {
    switch failure {
    case .invalidKey:
      let letters = change.key.utf8.allSatisfy { "_".utf8.contains($0) || isWordByte($0) }
      let isName = letters && change.key.utf8.first.map { !(48...57).contains($0) } ?? false
      try promise("a name is taken", !isName)
    case .unquotable:
      try promise("a server's value is stored in any case", change.origin == .person)
    case .openQuote:
      try promise("a quote is open", document.bytes.contains { [34, 39, 96].contains($0) })
    case .notReadBack:
      throw BrokenPromise(description: "what is written is understood")
    }
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
  }

  /// Several changes at once, as a renewal makes them.
  private static func checkGrant(_ value: String, in document: DotEnvDocument) throws {
    let token = String(decoding: value.utf8.filter(isWordByte), as: UTF8.self)
    let changes = ["ACCESS", "REFRESH", "EXPIRES"].map {
      DotEnvChange($0, token + $0, origin: .server)
    }
    let result = try document.setting(changes)
    for change in changes {
      try promise(
        "a token can be stored in every document",
        result.value(of: change.key)?.text == change.value
      )
    }
  }
}

extension DotEnvDocument {
  /// The keys that are assigned and are UTF-8.
  fileprivate var keys: [String] {
    assignments.compactMap { String(validating: bytes[$0.key], as: UTF8.self) }
  }

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
