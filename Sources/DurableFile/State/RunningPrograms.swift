/// A program that runs for longer than a command, and that has said so in the state folder of the file
/// it works with.
public struct RunningProgramNote: Sendable, Equatable {
  fileprivate static let prefix = "running."

  /// Its process id.
  public let process: Int32
  /// What it says of itself.
  public let words: String
}

extension FileTarget {
  /// Says in the state folder, which is made if need be, that this process runs; removes what processes
  /// that have ended have said.
  public func noteRunning(_ words: String) throws(FileFailure) {
    let state = try OpenStateFolder.findOrMake(for: try FilePlace.open(self))
    for (name, program) in try Self.notes(in: state) where program == nil {
      try state.folder.remove(name)
    }
    let name = Self.ownNote
    try state.folder.remove(name)
    _ = try state.create(name, "\(words)\n\(ProcessIdentity.current.text)")
  }

  /// Takes that back.
  public func forgetRunning() throws(FileFailure) {
    try OpenStateFolder.find(for: try FilePlace.open(self))?.folder.remove(Self.ownNote)
  }

  /// The programs of this machine that have said so and still run, in the order of their ids. Takes no
  /// lock and makes nothing.
  public func running() throws(FileFailure) -> [RunningProgramNote] {
    guard let state = try OpenStateFolder.find(for: try FilePlace.open(self)) else { return [] }
    return try Self.notes(in: state).compactMap(\.program).sorted { $0.process < $1.process }
  }

  private static var ownNote: String {
    RunningProgramNote.prefix + ProcessIdentity.current.name
  }

  /// A note of a process that isn't known to run has no program. This very process runs, of course.
  private static func notes(
    in state: OpenStateFolder
  ) throws(FileFailure) -> [(name: String, program: RunningProgramNote?)] {
    var notes: [(name: String, program: RunningProgramNote?)] = []
    for name in try state.folder.names() where name.hasPrefix(RunningProgramNote.prefix) {
      let text = try state.text(of: name) ?? ""
      let words = text.prefix { $0 != "\n" }
      let process = ProcessIdentity(String(text.dropFirst(words.count + 1)))
      let program = process.flatMap {
        $0.holder == .running || $0 == .current
          ? RunningProgramNote(process: $0.process, words: String(words)) : nil
      }
      // Another machine's, or another container's, may run.
      if program == nil, process?.holder == .unknown { continue }
      notes.append((name, program))
    }
    return notes
  }
}
