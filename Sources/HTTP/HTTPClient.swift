import CCurl

/// Sends HTTP requests, each once, on a connection of its own, within one time limit.
///
/// Never follows a redirect, answers no challenge, keeps no cookie, reads no netrc file, and
/// always verifies certificates (TLS 1.2 or newer). Nothing but the environment it was opened
/// with decides about proxies and certificate authorities.
public struct HTTPClient: Sendable {
  /// The largest body taken, in bytes: the answers expected have a few hundred.
  static let bodyLimit = 1 << 20
  /// The largest head taken, interim heads and trailers counted in, in bytes.
  static let headLimit = 64 << 10

  /// The version of the library in use, such as "7.88.1".
  public let libraryVersion: String
  /// The certificate authorities in use.
  let trust: HTTPTrust
  private let proxies: ProxySettings

  /// Opens libcurl, which proves that it is there. Proxies and authorities are those that
  /// `environment` names.
  public static func open(
    environment: [String: String]
  ) throws(HTTPLibraryUnavailable) -> HTTPClient {
    // First, while another thread may still be loading (see `openEarly`).
    let trust = HTTPTrust(environment: environment)
    let proxies = ProxySettings(environment: environment)
    guard ccurl_load(), let version = ccurl_version() else {
      let reason = ccurl_failure().map { String(cString: $0) }
      throw HTTPLibraryUnavailable(reason: reason ?? "libcurl can't be loaded")
    }
    return HTTPClient(
      libraryVersion: String(cString: version), trust: trust, proxies: proxies)
  }

  /// Begins to load libcurl while the caller goes on; `open` then waits for what is left of it. That
  /// takes as long as a small request, and a renewal waits for the disk meanwhile.
  ///
  /// `before` runs first on the loading thread: only one library is loaded at a time, and who needs
  /// another one would wait for all of libcurl. Not while other threads read the environment; and a
  /// process that ends meanwhile has to do so by `_exit`.
  public static func openEarly(after before: @convention(c) () -> Void) {
    ccurl_load_early(before)
  }

  /// Sends `request` once and waits for the whole answer, whatever its status.
  ///
  /// `timeout` is for everything together, `connectTimeout` until the request can be sent (name,
  /// connection, proxy, TLS); both in seconds.
  public func send(
    _ request: HTTPRequest, timeout: Double, connectTimeout: Double = 6
  ) throws(HTTPFailure) -> HTTPResponse {
    guard let origin = Origin(url: request.url) else {
      throw HTTPFailure(
        host: "", cause: .unsupportedURL, mayHaveReachedServer: false, detail: "malformed URL")
    }
    let fields: FieldLines
    do {
      fields = try FieldLines(request.headers)
    } catch {
      throw HTTPFailure(
        host: origin.host, cause: .other, mayHaveReachedServer: false,
        detail: PrintableText.line("malformed header field \(error.name)"))
    }
    let transfer = Transfer(
      request: request, fields: fields, origin: origin, proxy: proxies.proxy(for: origin),
      trust: trust, timeout: timeout, connectTimeout: min(connectTimeout, timeout))
    return try transfer.run()
  }
}

extension HTTPClient: CustomStringConvertible, CustomReflectable {
  /// The library's version: a proxy's URL may hold a password.
  public var description: String { "libcurl \(libraryVersion)" }

  /// No children: a dump shows what `description` shows.
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}
