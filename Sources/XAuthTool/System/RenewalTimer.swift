import Glibc
import Paths

/// The systemd user timer that `scripts/install --timer` sets up to renew one file, as it can be seen without
/// asking systemd.
struct RenewalTimer: Sendable, Equatable {
  /// The unit, such as `x-auth-refresh@srv-xmcp-.env.timer`.
  let unit: String
  /// Whether the user's timers run while the user is logged out (loginctl(1), `enable-linger`).
  let outlivesSession: Bool

  /// The one that is enabled for the file at this absolute path, by the user of this environment; nil when
  /// there is none.
  static func find(for path: String, _ environment: [String: String], user: String?)
    -> RenewalTimer?
  {
    guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
    let configuration = environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
    let unit = "x-auth-refresh@\(instance(of: path)).timer"
    let folder = "\(configuration ?? "\(home)/.config")/systemd/user/timers.target.wants"
    var facts = stat()
    guard lstat("\(folder)/\(unit)".pathBytes, &facts) == 0 else { return nil }
    let lingers = user.map { access("/var/lib/systemd/linger/\($0)", F_OK) == 0 }
    return RenewalTimer(unit: unit, outlivesSession: lingers ?? true)
  }

  /// A path as the name of a unit's instance (systemd-escape(1), `--path`).
  static func instance(of path: String) -> String {
    let bytes = path.pathBytes.filter { $0 != 0 }.map { UInt8(bitPattern: $0) }.drop { $0 == slash }
    var name = ""
    for (index, byte) in zip(0..., bytes) {
      let isPlain = letters.contains(byte) && !(byte == dot && index == 0)
      name += byte == slash ? "-" : isPlain ? String(UnicodeScalar(byte)) : escape(byte)
    }
    return name
  }

  private static func escape(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16)
    return "\\x" + (digits.count == 1 ? "0" : "") + digits
  }

  private static let slash = UInt8(ascii: "/")
  private static let dot = UInt8(ascii: ".")
  private static let letters = Set(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:_.".utf8)
}
