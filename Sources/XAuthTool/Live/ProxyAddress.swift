import Callback
import DurableFile
import FoundationEssentials
import OAuth

/// The address at which a proxy answers, with the secret in it: whoever knows it can use the account while
/// the proxy runs.
struct ProxyAddress: Sendable, Equatable {
  /// The variable that holds it in the environment of a server which a proxy started.
  static let variable = "XAUTH_PROXY_BASE"
  /// What such a server finds in the place of the access token: some don't start without one.
  static let placeholder = "provided-by-xauth-proxy"
  /// The port of a proxy that was started alone.
  static let standardPort = 8979
  /// Where it is kept beside the journal.
  private static let name = "proxy"

  let port: Int
  let secret: String

  /// The whole address, for the server that uses it.
  var text: String { "\(origin)/\(secret)" }
  /// The same where others may read it.
  var shown: String { "\(origin)/***" }

  private var origin: String { "http://127.0.0.1:\(port)" }

  init(port: Int, secret: String) { (self.port, self.secret) = (port, secret) }

  /// With a secret of 128 random bits.
  init(port: Int, _ context: Context) throws(Failure) {
    self.init(port: port, secret: Hexadecimal.text(try context.randomBytes(16)))
  }

  /// Reads one; nil when `text` can't be the address of a proxy of ours, whenever that ran.
  init?(_ text: String) {
    guard let parts = URLComponents(string: text), parts.scheme == "http", let host = parts.host,
      let port = parts.port, RedirectURI.isLoopback(host)
    else { return nil }
    let segments = parts.path.split(separator: "/")
    guard segments.count == 1, segments[0].count == 32,
      segments[0].allSatisfy({ "0123456789abcdef".contains($0) })
    else { return nil }
    self.init(port: port, secret: String(segments[0]))
  }

  /// That of the proxy that was last started alone for `target`; nil when there was none.
  static func kept(for target: FileTarget) -> ProxyAddress? {
    ((try? target.keptText(name)) ?? nil).flatMap { ProxyAddress($0) }
  }

  /// Keeps it, so that it is the same next time.
  func keep(for target: FileTarget) throws(Failure) {
    guard Self.kept(for: target) != self else { return }
    do { try target.keep(text, as: Self.name) } catch { throw .file(error) }
  }
}
