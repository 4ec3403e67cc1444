import Callback
import OAuth

@testable import Serving

extension FuzzTarget {
  /// What a client asks the proxy to pass on: the rest of a target behind the secret, and some fields.
  static let forwardingRule = FuzzTarget(name: "forwarding-rule") { input in
    let parts = input.parts(2)
    let start = "GET /\(secret)\(parts[0].text) HTTP/1.1\r\nHost: localhost:1\r\n"
    let bytes = Array(start.utf8) + parts[1] + Array("\r\n\r\n".utf8)
    guard case .head(let head) = RequestHead.parse(bytes, allowsBareLF: false) else { return }
    let rule = ForwardingRule(port: 1, secret: Secret(secret))
    try promise(
      "without the secret nothing is passed on",
      isRefusal(ForwardingRule(port: 1, secret: Secret("other")).decide(head)))
    guard case .forward(let request) = rule.decide(head) else { return }
    try check(request.path)
    try promise(
      "a request of a page isn't passed on",
      head.values(of: "Origin").isEmpty && head.values(of: "Host").count == 1)
    try promise(
      "a body has one length",
      head.values(of: "Content-Length").count + head.values(of: "Transfer-Encoding").count <= 1)
    let kept = [
      "authorization", "cookie", "host", "content-length", "transfer-encoding", "connection",
    ]
    try promise(
      "no credentials are passed on, and nothing about the connection",
      kept.allSatisfy { request.headers.values(of: $0).isEmpty })
    let again = "GET /\(secret)\(request.path) HTTP/1.1\r\nHost: localhost:1\r\n\r\n"
    guard case .head(let head) = RequestHead.parse(Array(again.utf8)),
      case .forward(let sentAgain) = rule.decide(head)
    else { throw BrokenPromise(description: "what is sent would be passed on again") }
    try promise("what is sent is what was checked", sentAgain.path == request.path)
  }

  private static let secret = "c2VjcmV0"

  private static func isRefusal(_ decision: ForwardingRule.Decision) -> Bool {
    if case .refuse = decision { true } else { false }
  }

  private static func check(_ path: String) throws {
    try promise("a path is for the API or for MCP", path.hasPrefix("/2") || path.hasPrefix("/mcp"))
    let lower = path.lowercased()
    for part in [
      "//", "/../", "/./", "/..;", "/.;", "%2f", "%5c", "%25", "\\", "/oauth/", "/oauth2/", "?",
    ] {
      try promise("a path has no \(part)", !lower.contains(part))
    }
    for end in ["/..", "/.", "/oauth", "/oauth2"] {
      try promise("a path doesn't end in \(end)", !lower.hasSuffix(end))
    }
    try promise("a path is visible", path.utf8.allSatisfy { 0x21...0x7E ~= $0 })
  }
}
