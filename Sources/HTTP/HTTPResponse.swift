/// A whole answer. Its body may carry tokens, so that no description shows it.
public struct HTTPResponse: Sendable, Equatable {
  /// The status code (RFC 9110 §15).
  public let status: Int
  /// The header fields by lowercased name. Of a repeated field the last one counts.
  public let headers: [String: String]
  /// The body as it came: no content coding is undone.
  public let body: [UInt8]

  /// An answer from its parts.
  public init(status: Int, headers: [String: String] = [:], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }
}

extension HTTPResponse: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The status and the body's length in bytes.
  public var description: String { "\(status), \(body.count) bytes" }

  /// The same as `description`.
  public var debugDescription: String { description }

  /// No children: a dump shows what `description` shows.
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}
