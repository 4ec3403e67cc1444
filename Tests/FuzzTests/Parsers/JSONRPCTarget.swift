@testable import Serving

extension FuzzTarget {
  /// What a client or a server says.
  static let jsonRPC = FuzzTarget(name: "json-rpc") { input in
    try checkLines(input)
    let value = JSONValue(input)
    guard let message = try? Message(input) else { return }
    try promise("a message is JSON", value != nil)
    try promise("a message is one line", !message.line.contains { $0 == 10 || $0 == 13 })
    try promise("of the same length", message.line.count == input.count)
    try promise("a message has parts", !message.parts.isEmpty)
    let again = try Message(message.line)
    try promise(
      "the line means the same",
      again.parts.map(\.kind) == message.parts.map(\.kind)
        && again.parts.map(\.method) == message.parts.map(\.method))
    try promise("a request asks for something", message.parts.allSatisfy(hasMethod))
    for id in message.requests { try checkError(id, input) }
  }

  private static func hasMethod(_ part: Message.Part) -> Bool {
    if case .response = part.kind { true } else { part.method != nil }
  }

  /// An error of ours, whatever it says, is an answer to the request.
  private static func checkError(_ id: MessageID, _ input: [UInt8]) throws {
    let text = String(decoding: input.prefix(100), as: UTF8.self)
    let answer = try Message(ErrorResponse.line(id, text))
    try promise("an error is an answer", answer.single?.kind == .response(id))
    try promise("an error is one line", !answer.line.contains { $0 == 10 || $0 == 13 })
  }

  private static func checkLines(_ input: [UInt8]) throws {
    func lines(_ size: Int) -> [InputLines.Line] {
      var (lines, rest) = (InputLines(limit: 50), input[...])
      var found: [InputLines.Line] = []
      while !rest.isEmpty {
        found += lines.take(rest.prefix(size))
        rest = rest.dropFirst(size)
      }
      return found + (lines.finish().map { [$0] } ?? [])
    }
    let all = lines(max(1, input.count))
    try promise("pieces make no difference to lines", lines(1) == all && lines(7) == all)
    for case .whole(let line) in all {
      try promise("a line is one, and has its limit", !line.contains(10) && line.count <= 50)
    }
  }
}
