import FoundationEssentials
import Glibc

/// What a program has started, and what that has started, as /proc tells.
///
/// Not its process group: in a group of its own a program could neither ask at the terminal nor be
/// interrupted there, and what it starts with timeout(1) is in another group anyway.
struct ProgramDescendants {
  /// A running process: its parent, and when it started, by which it is told from a later one with
  /// the same number.
  private struct Process {
    let parent: pid_t
    let start: Substring
  }

  /// When each that was seen has started. Once its parent has ended, nothing else says whose it was.
  private var starts: [pid_t: Substring] = [:]

  /// Those that are running now, parents first, of what descends from `root` or was seen before.
  mutating func look(below root: pid_t?) -> [pid_t] {
    let running = Self.running()
    starts = starts.filter { running[$0]?.start == $1 }
    var found = starts.keys.sorted()
    var parents = found + [root].compactMap { $0 }
    while !parents.isEmpty {
      let children = running.filter { parents.contains($1.parent) && starts[$0] == nil }
      for (id, process) in children { starts[id] = process.start }
      parents = children.keys.sorted()
      found += parents
    }
    return found
  }

  private static func running() -> [pid_t: Process] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    var processes: [pid_t: Process] = [:]
    for id in names.compactMap({ pid_t($0) }) { processes[id] = process(id) }
    return processes
  }

  /// By proc_pid_stat(5): the name, in parentheses, may hold anything; after it come the state, the
  /// parent and, as the twentieth, the start. One that has ended and isn't collected yet isn't running.
  private static func process(_ id: pid_t) -> Process? {
    guard let bytes = FileManager.default.contents(atPath: "/proc/\(id)/stat") else { return nil }
    let text = String(decoding: bytes, as: UTF8.self)
    guard let end = text.lastIndex(of: ")") else { return nil }
    let fields = text[end...].split(separator: " ").dropFirst()
    guard fields.count >= 20, let parent = pid_t(fields[fields.startIndex + 1]) else { return nil }
    guard !["Z", "X"].contains(fields[fields.startIndex]) else { return nil }
    return Process(parent: parent, start: fields[fields.startIndex + 19])
  }
}
