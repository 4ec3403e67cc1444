/// One HTTP request, read whole.
struct Request: Sendable, Equatable {
  /// The method, as sent: methods are case-sensitive (RFC 9110 §9.1).
  let method: String
  /// The target up to its `?`, still percent-encoded.
  let path: String
  /// What follows the target's first `?`; empty when there is none.
  let query: String
  /// The header fields, in the order they came.
  let headers: [Header]
  /// The content.
  let body: [UInt8]

  /// A request; `target` is in origin form (RFC 9112 §3.2.1).
  init(method: String, target: String, headers: [Header] = [], body: [UInt8] = []) {
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    self.method = method
    self.path = parts.first.map(String.init) ?? ""
    self.query = parts.count > 1 ? String(parts[1]) : ""
    self.headers = headers
    self.body = body
  }

  /// The values of every header field called `name`, in whatever case either is spelled.
  func values(of name: String) -> [String] {
    let name = name.lowercased()
    return headers.filter { $0.name.lowercased() == name }.map(\.value)
  }
}

/// The query, the Authorization header and the content hold codes and tokens: none of them prints.
extension Request: CustomStringConvertible, CustomReflectable {
  /// The method and the path.
  var description: String { "\(method) \(path)" }
  /// The method and the path.
  var customMirror: Mirror { Mirror(self, children: ["method": method, "path": path]) }
}
