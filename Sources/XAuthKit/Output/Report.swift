/// A command's result: text and JSON come from the one value.
protocol Report: Encodable, CustomStringConvertible, Sendable {}

/// Every JSON object names the version of its own layout.
struct Versioned<Body: Encodable>: Encodable {
  let body: Body

  init(_ body: Body) { self.body = body }

  private enum Key: CodingKey { case version }

  func encode(to encoder: any Encoder) throws {
    try body.encode(to: encoder)
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(1, forKey: .version)
  }
}
