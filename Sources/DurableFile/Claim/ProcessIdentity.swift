import Glibc

/// Which process this is, on which machine. A process id alone is given to others again, and means
/// another process in another container.
public struct ProcessIdentity: Equatable {
  let host: String
  /// Changes with every boot; `unknownBoot` where it can't be read, as in a service with systemd's
  /// `ProcSubset=pid`.
  let boot: String
  /// The namespace in which `process` counts.
  let namespace: String
  let process: Int32
  /// When the process started, in clock ticks after the boot.
  let start: String

  static let unknownBoot = "-"

  /// This process.
  public static var current: ProcessIdentity {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, name.count - 1)
    let bytes = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    let boot = contents("/proc/sys/kernel/random/boot_id")
    return ProcessIdentity(
      host: String(decoding: bytes, as: UTF8.self), boot: boot.isEmpty ? unknownBoot : boot,
      namespace: linkTarget("/proc/self/ns/pid"), process: getpid(),
      start: startTime(of: getpid()) ?? "")
  }

  private init(host: String, boot: String, namespace: String, process: Int32, start: String) {
    self.host = host
    self.boot = boot
    self.namespace = namespace
    self.process = process
    self.start = start
  }

  /// As a claim's file holds it.
  public var text: String { "\(host)\n\(boot)\n\(namespace)\n\(process)\n\(start)\n" }

  /// nil when `text` isn't whole: its process may be about to write it.
  public init?(_ text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard lines.count == 6, let process = Int32(lines[3]) else { return nil }
    self.init(
      host: lines[0], boot: lines[1], namespace: lines[2], process: process, start: lines[4])
  }

  /// As a file's name tells it: who it was on another machine can't be asked anyway.
  var name: String {
    [host, boot, namespace].map(Self.brief).joined(separator: ".") + ".\(process).\(start)"
  }

  /// What has become of the process with this `name`; nil when it isn't one's.
  static func holder(ofName name: String) -> Claim.Holder? {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 5, let process = Int32(parts[3]) else { return nil }
    let here = current
    let known = zip(parts, [here.host, here.boot, here.namespace]).map { $0 == brief($1) ? $1 : $0 }
    return ProcessIdentity(
      host: known[0], boot: known[1], namespace: known[2], process: process, start: parts[4]
    ).holder
  }

  /// FNV-1a, in hexadecimal; an unknown boot as it is.
  private static func brief(_ text: String) -> String {
    if text == unknownBoot { return text }
    let hash = text.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
    return String(hash, radix: 16)
  }

  /// What has become of this process.
  public var holder: Claim.Holder {
    let here = Self.current
    guard host == here.host else { return .unknown }
    guard here.isSince(boot: boot) else { return .ended }
    guard namespace == here.namespace, !namespace.isEmpty else { return .unknown }
    // A claim of this very process is one that it hasn't taken back: it makes one at a time.
    return process != here.process && Self.startTime(of: process) == start ? .running : .ended
  }

  /// The machine and its boot, as a note tells them.
  var machine: String { "\(boot)@\(host)" }

  /// Whether `machine` is this one, not booted again since: by its boot, which a container shares under
  /// a name of its own, else by its name.
  func isOn(machine: Substring) -> Bool {
    let parts = machine.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { return false }
    return parts[0] == boot && boot != Self.unknownBoot
      || parts[1] == host && isSince(boot: String(parts[0]))
  }

  /// Whether this machine hasn't been booted again since `boot`. Where one of the two isn't known they
  /// count as the same, which risks nothing: what ran before another boot has ended.
  private func isSince(boot other: String) -> Bool {
    boot == other || [boot, other].contains(Self.unknownBoot)
  }

  /// Field 22 of proc_pid_stat(5); nil when there is no such process, or when it has ended and only its
  /// parent hasn't asked yet what became of it: a daemon, or the first process of a container, may never.
  private static func startTime(of process: Int32) -> String? {
    let text = contents("/proc/\(process)/stat")
    // The program's name, in parentheses, may have blanks and parentheses in it.
    guard let name = text.lastIndex(of: ")") else { return nil }
    let fields = text[name...].split(separator: " ")
    guard fields.count > 20, fields[1] != "Z", fields[1] != "X" else { return nil }
    return String(fields[20])
  }

  private static func contents(_ path: String) -> String {
    let number = uninterrupted { open(path, O_RDONLY | O_CLOEXEC) }
    guard number >= 0 else { return "" }
    let file = Descriptor(number, path: path)
    let bytes = (try? file.read(4096, at: 0)) ?? []
    return String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
  }

  private static func linkTarget(_ path: String) -> String {
    var text = [CChar](repeating: 0, count: 256)
    let count = readlink(path, &text, text.count)
    return count > 0
      ? String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self) : ""
  }
}
