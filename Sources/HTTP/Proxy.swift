/// A proxy as the environment names it: `[scheme://][user:password@]host[:port]`.
struct Proxy: Sendable {
  /// The whole value, for libcurl. May hold a password.
  let url: String

  /// The host, for messages: no credentials. Empty when there is none to be told.
  var host: String {
    var text = url[...]
    if let slashes = text.firstRange(of: "://") { text = text[slashes.upperBound...] }
    text = text.prefix { $0 != "/" }
    if let at = text.lastIndex(of: "@") { text = text[text.index(after: at)...] }
    if text.first == "[" { return String(text.dropFirst().prefix { $0 != "]" }) }
    return String(text.prefix { $0 != ":" })
  }

  /// Whether the value holds a user or a password. libcurl quotes a malformed value in its
  /// messages, so these aren't shown then.
  var hasCredentials: Bool { url.contains("@") }
}
