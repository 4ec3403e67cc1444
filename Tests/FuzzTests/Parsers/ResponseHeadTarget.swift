@testable import HTTP

extension FuzzTarget {
  /// The head of a server's answer; and fields as we would send them.
  static let responseHead = FuzzTarget(name: "response-head") { input in
    for (name, value) in ResponseHead.fields(input) {
      try promise("a name is in lower case", name == name.lowercased() && !name.contains(":"))
      try promise("a field is a line", !"\(name)\(value)".utf8.contains(0x0A))
      try promise("a field is no longer than the head", value.utf8.count <= 3 * input.count)
    }
    let parts = input.parts(2).map(\.text)
    guard let lines = try? FieldLines([(parts[0], parts[1])], closing: true) else { return }
    try promise(
      "nothing is sent that breaks a line", !lines.text.utf8.contains { [10, 13].contains($0) })
    let head = "HTTP/1.1 200 OK\n" + lines.text.split(separator: "\0").joined(separator: "\n")
    let isBlank = parts[1].utf8.allSatisfy { [9, 32].contains($0) }
    if !isBlank {
      try promise(
        "a field is read as it was sent",
        ResponseHead.fields(Array(head.utf8))[parts[0].lowercased()]
          == parts[1].trimmingBlanks)
    }
  }
}

extension String {
  fileprivate var trimmingBlanks: String {
    let blanks: [UInt8] = [9, 32]
    let rest = utf8.drop { blanks.contains($0) }
    let count = rest.reversed().drop { blanks.contains($0) }.count
    return String(decoding: rest.prefix(count), as: UTF8.self)
  }
}
