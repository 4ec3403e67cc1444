import Glibc

/// The limit on core files: a core of this process would hold tokens.
struct CoreFiles: Sendable {
  private let inherited: rlimit

  /// Allows this process none (setrlimit(2)).
  static func forbid() -> CoreFiles {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
    var none = rlimit(rlim_cur: 0, rlim_max: limit.rlim_max)
    setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    return CoreFiles(inherited: limit)
  }

  /// Gives the limit back, for a program that takes this one's place.
  func restore() {
    var limit = inherited
    setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
  }
}
