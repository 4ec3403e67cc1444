/// Spans of time as people read them.
enum Spans {
  /// `1 h 59 min`, `12 min`, `45 s`: the two largest units that aren't zero.
  static func words(_ seconds: Int) -> String {
    let seconds = max(0, seconds)
    let units = [
      (seconds / 86400, "d"), (seconds / 3600 % 24, "h"), (seconds / 60 % 60, "min"),
      (seconds % 60, "s"),
    ]
    guard let first = units.firstIndex(where: { $0.0 > 0 }) else { return "0 s" }
    return units[first...].prefix(2).filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
      .joined(separator: " ")
  }
}
