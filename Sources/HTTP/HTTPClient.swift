import CCurl

/// Sends HTTP requests, each once, on a connection of its own, within one time limit.
///
/// Never follows a redirect, answers no challenge, keeps no cookie, reads no netrc file, and
/// always verifies certificates (TLS 1.2 or newer). Nothing but the environment it was opened
/// with decides about proxies and certificate authorities. The program must ignore SIGPIPE.
public struct HTTPClient: Sendable {
  /// The largest body taken, in bytes: the answers expected have a few hundred.
  static let bodyLimit = 1 << 20
  /// The largest head taken, interim heads and trailers counted in, in bytes.
  static let headLimit = 64 << 10

  /// The certificate authorities in use.
  let trust: HTTPTrust
  private let proxies: ProxySettings

  /// Opens libcurl, which proves that it is there. Proxies and authorities are those that
  /// `environment` names.
  public static func open(
    environment: [String: String]
  ) throws(HTTPLibraryUnavailable) -> HTTPClient {
    guard ccurl_load() else {
      let reason = ccurl_failure().map { String(cString: $0) }
      throw HTTPLibraryUnavailable(
        reason: reason ?? "libcurl can't be loaded", isLibraryFound: ccurl_is_found())
    }
    return HTTPClient(
      trust: HTTPTrust(environment: environment), proxies: ProxySettings(environment: environment))
  }

  /// Sends `request` once and waits for the whole answer, whatever its status.
  ///
  /// `timeout` is for everything together, `connectTimeout` until the request can be sent (name,
  /// connection, proxy, TLS); both in seconds.
  public func send(
    _ request: HTTPRequest, timeout: Double, connectTimeout: Double = 6
  ) throws(HTTPFailure) -> HTTPResponse {
    let timeout = timeout.isNaN ? 0 : timeout
    let route = try route(
      to: request.url, connectTimeout: min(connectTimeout, timeout), request.tls)
    let fields = try route.lines(of: request.headers, closing: true)
    return try Transfer(request: request, fields: fields, route: route, timeout: timeout).run()
  }

  /// Where requests to `url` go.
  func route(
    to url: String, connectTimeout: Double, _ tls: TLSFiles = TLSFiles()
  ) throws(HTTPFailure) -> Route {
    let (origin, proxy) = try proxies.route(to: url)
    return Route(
      origin: origin, proxy: proxy, trust: trust, tls: tls, connectTimeout: connectTimeout)
  }
}

extension HTTPClient: CustomStringConvertible, CustomReflectable {
  /// Nothing of the client: a proxy's URL may hold a password.
  public var description: String { "HTTPClient" }

  /// No children: a dump shows what `description` shows.
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// libcurl can't be loaded: its package isn't installed, or is too old.
public struct HTTPLibraryUnavailable: Error, Sendable, Equatable {
  /// The dynamic loader's words, such as "libcurl.so.4: cannot open shared object file".
  public let reason: String

  /// Whether the library is there, and only too old or lacking something.
  public let isLibraryFound: Bool

  /// An unavailability for this reason.
  public init(reason: String, isLibraryFound: Bool) {
    self.reason = reason
    self.isLibraryFound = isLibraryFound
  }
}
