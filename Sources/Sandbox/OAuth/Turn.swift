/// One request while it is being handled, with what makes handling it pure.
struct Turn {
  let request: Request
  /// Seconds since 1970.
  let now: Double
  let random: Entropy
  /// What the log will say; filled in on the way, so that a refusal keeps the facts known so far.
  var event: Event

  /// A fresh value nobody can guess: 256 bits, after a prefix that tells what it is and from where.
  func fresh(_ kind: String) -> String { "sandbox-\(kind)-\(base64URL(random(32)))" }
}
