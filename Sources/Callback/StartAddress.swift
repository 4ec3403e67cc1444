/// The short address that a browser on this machine is started with. The listener redirects from it to
/// the authorization server.
///
/// Everybody on a machine can read the arguments of a program (ps(1)), so the address of the
/// authorization request, with the `state` in it, must not be among them. This one leads to it only
/// once: the browser that comes first gets a cookie, and no other is let through.
public struct StartAddress: Sendable, Equatable, WithoutSecrets {
  /// The cookie's name. Cookies of one host don't differ by port, but this one's path is unique.
  private static let cookieName = "xauth-login"

  /// Where the listener answers to it. Its scheme, host and port are those of a redirect URI.
  private(set) var address: RedirectURI
  /// The authorization request.
  let destination: String
  private let cookie: String

  /// A start address on the listener that answers to `origin`.
  ///
  /// - Parameters:
  ///   - path: unguessable, or any web page could lead the browser there. In the characters of
  ///     base64url, without a slash.
  ///   - cookie: unguessable, in the same characters.
  ///   - destination: the authorization request, an absolute URI in ASCII.
  public init(at origin: RedirectURI, path: String, cookie: String, leadingTo destination: String) {
    address = origin.at(path: "/\(path)")
    self.cookie = cookie
    self.destination = destination
  }

  /// The same at `port`.
  func at(port: Int) -> StartAddress {
    var copy = self
    copy.address = address.at(port: port)
    return copy
  }

  /// The `Set-Cookie` field for the browser that came first. It is sent back to this address alone,
  /// and only for a page that the user goes to.
  var setCookie: String {
    "\(Self.cookieName)=\(cookie); Path=\(address.path); HttpOnly; SameSite=Lax"
      + (address.scheme == .https ? "; Secure" : "")
  }

  /// Whether `head` comes from the browser that came first.
  func isOpener(_ head: RequestHead) -> Bool {
    head.values(of: "Cookie").contains { field in
      field.split(separator: ";").contains {
        String($0).trimmed.isPair(Self.cookieName, cookie)
      }
    }
  }
}

extension Substring {
  /// Whether this is `name=value`. The value is compared in constant time.
  fileprivate func isPair(_ name: String, _ value: String) -> Bool {
    hasPrefix("\(name)=") && String(dropFirst(name.count + 1)).equalsInConstantTime(value)
  }
}
