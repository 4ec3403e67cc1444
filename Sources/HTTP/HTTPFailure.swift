/// Why there is no answer to a request.
public struct HTTPFailure: Error, Sendable, Equatable {
  /// The URL's host, without brackets; empty when it can't be told.
  public let host: String
  /// The host of the proxy that the request was to go through; nil without one. Empty when it
  /// can't be told.
  public let proxy: String?
  /// What went wrong.
  public let cause: Cause
  /// False only when it is certain that not a byte of the request left. While true, the server
  /// may have acted on it: a single-use token in it may be spent.
  public let mayHaveReachedServer: Bool
  /// The library's own short words, for `--verbose` and reports: one line of printable ASCII
  /// without credentials.
  public let detail: String

  /// What of an answer had come; nil when that wasn't even a whole head. A token may be in it.
  public let partialAnswer: HTTPResponse?

  /// A failure from its parts.
  public init(
    host: String, proxy: String? = nil, cause: Cause, mayHaveReachedServer: Bool, detail: String,
    partialAnswer: HTTPResponse? = nil
  ) {
    self.partialAnswer = partialAnswer
    self.host = host
    self.proxy = proxy
    self.cause = cause
    self.mayHaveReachedServer = mayHaveReachedServer
    self.detail = detail
  }

  /// What went wrong, with the facts that a message needs.
  public enum Cause: Sendable, Equatable {
    /// The name has no address, or the resolver doesn't answer.
    case noSuchHost
    /// Nobody listens on the port.
    case refused
    /// There is no route to the address.
    case unreachable
    /// This machine makes no connection, for a reason of its own.
    case notConnected(errno: Int32)
    /// No connection ready for the request, TLS and proxy included, within this many seconds.
    case connectTimedOut(seconds: Double)
    /// No whole answer within this many seconds.
    case timedOut(seconds: Double)
    /// The certificate, or one above it, is past its end: or this machine's clock is fast.
    case certificateExpired
    /// The certificate, or one above it, begins later: or this machine's clock is slow.
    case certificateNotYetValid
    /// No trusted authority vouches for the certificate.
    case certificateNotTrusted
    /// A trusted certificate, made out to another name or address.
    case certificateForAnotherHost
    /// No TLS 1.2 or newer could be agreed on, or something else than TLS answered.
    case tlsFailed
    /// What this environment variable holds is no proxy; nothing was tried.
    case proxyMalformed(variable: String)
    /// The proxy (`HTTPFailure.proxy`) wants a user and a password, or others than those that its
    /// variable holds; `takesPassword` is false if it offers only other ways to sign in.
    case proxyWantsLogin(variable: String, hasLogin: Bool, takesPassword: Bool)
    /// The proxy answered with this status instead of opening the tunnel.
    case proxyRefused(status: Int)
    /// The proxy can't be reached or can't be trusted.
    case proxyFailed
    /// The connection ended before the whole answer had come.
    case connectionLost
    /// The answer's head or body is larger than this many bytes.
    case tooLarge(limit: Int)
    /// What answered doesn't speak HTTP/1.
    case notHTTP
    /// Not an absolute `http` or `https` URL, or one with userinfo or unusual characters.
    case unsupportedURL
    /// The file of certificate authorities can't be read, or holds none.
    case caFileUnreadable(path: String)
    /// Something else: `detail` says what.
    case other
  }
}

/// Text of foreign origin, made fit for a terminal.
enum PrintableText {
  /// At most 200 characters of printable ASCII; a question mark for each other byte.
  static func line(_ text: String) -> String {
    let bytes = text.utf8.prefix(200).map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }
    return String(decoding: bytes, as: UTF8.self)
  }
}
