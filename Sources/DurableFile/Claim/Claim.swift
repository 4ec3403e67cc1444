import Glibc

/// One attempt to use a token, claimed by one process.
///
/// A lock may not be shared: through FUSE, a network file system or a container's own view of a
/// folder two processes can both hold it, and what one writes into the journal the other may not
/// have read. That a name is created only once (O_EXCL) holds there too, so the process that makes
/// this file is the one that sends the token.
public struct Claim: Sendable, Hashable {
  /// What is claimed: the hash of a token, hexadecimal.
  public let token: String
  /// Which attempt to use it, counted from 1.
  public let attempt: Int

  /// A claim of this attempt.
  public init(token: String, attempt: Int) {
    self.token = token
    self.attempt = attempt
  }

  /// Who made a claim.
  public enum Holder: Sendable, Equatable {
    /// A process of this machine that is running.
    case running
    /// A process that has ended.
    case ended
    /// A process that can't be looked for: of another machine or container.
    case unknown
  }

  fileprivate static let prefix = "claim"
  /// The prefix of a note that says since when a claim's request can no longer be sent.
  fileprivate static let notePrefix = "unanswered"

  fileprivate func name(_ prefix: String) -> String { "\(prefix).\(token).\(attempt)" }

  /// The claim that a file with this name makes; nil when it is another file.
  fileprivate init?(fileName: String, prefix: String) {
    let parts = fileName.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0] == prefix, let attempt = Int(parts[2]), attempt > 0 else {
      return nil
    }
    self.init(token: String(parts[1]), attempt: attempt)
  }
}

extension LockedFile {
  /// Makes a claim; false if it already exists.
  public func make(_ claim: Claim) throws(FileFailure) -> Bool {
    try session.state.create(claim.name(Claim.prefix), ProcessIdentity.current.text)
  }

  /// All claims in the file's state folder.
  public func claims() throws(FileFailure) -> [Claim] {
    try session.state.folder.names().compactMap { Claim(fileName: $0, prefix: Claim.prefix) }
  }

  /// Who made `claim`; nil when it is gone.
  public func holder(of claim: Claim) throws(FileFailure) -> Claim.Holder? {
    guard let text = try text(of: claim) else { return nil }
    // One that isn't whole is a killed process's, or of one that will look at our claim in a moment.
    return ProcessIdentity(text)?.holder ?? .ended
  }

  /// The text that tells who made `claim`; nil when it is gone.
  public func text(of claim: Claim) throws(FileFailure) -> String? {
    try session.state.text(of: claim.name(Claim.prefix))
  }

  /// Takes a claim back, with the note that nobody sends for it.
  public func remove(_ claim: Claim) throws(FileFailure) {
    try session.state.folder.remove(claim.name(Claim.notePrefix))
    try session.state.folder.remove(claim.name(Claim.prefix))
  }

  /// Removes the claims and notes that `isOver` says are of no more use.
  public func removeClaims(where isOver: (Claim) -> Bool) throws(FileFailure) {
    for name in try session.state.folder.names() {
      let claim =
        Claim(fileName: name, prefix: Claim.prefix)
        ?? Claim(fileName: name, prefix: Claim.notePrefix)
      if let claim, isOver(claim) { try session.state.folder.remove(name) }
    }
  }

  /// Seconds since it was first noted that nobody sends for `claim` any more. The first call notes it.
  ///
  /// They are counted by CLOCK_MONOTONIC, whose reading now is `uptime`: no change of the time of day
  /// makes the wait shorter or longer. A note from before a reboot, or of another machine, says
  /// nothing and is made anew.
  public func secondsUnanswered(_ claim: Claim, uptime: Double) throws(FileFailure) -> Double {
    let name = claim.name(Claim.notePrefix)
    let here = ProcessIdentity.current
    if let text = try session.state.text(of: name) {
      let space = text.lastIndex(of: " ") ?? text.startIndex
      if here.isOn(machine: text[..<space]), let noted = Double(text[space...].dropFirst()),
        noted <= uptime
      {
        return uptime - noted
      }
      try session.state.folder.remove(name)
    }
    // Another run may have made it in this moment: then its reading is just as good.
    _ = try session.state.create(name, "\(here.machine) \(uptime)")
    return 0
  }
}

extension LockedFile {
  /// The text of a note in the file's state folder; nil when there is none.
  public func note(_ name: String) throws(FileFailure) -> String? {
    try session.state.text(of: "note.\(name)")
  }

  /// Writes a note in the place of one with the same name.
  public func write(_ text: String, asNote name: String) throws(FileFailure) {
    try session.state.folder.remove("note.\(name)")
    _ = try session.state.create("note.\(name)", text)
  }
}

extension LockedFile {
  /// Removes the marks whose names begin so.
  public func removeMarks(_ prefix: String) throws(FileFailure) {
    for name in try session.state.folder.names() where name.hasPrefix(prefix) {
      try session.state.folder.remove(name)
    }
  }
}

extension FileTarget {
  /// The text that was kept as `name` in the state folder; nil when there is none, or it was written for
  /// another folder: a repository may have brought it. Takes no lock and makes nothing.
  public func keptText(_ name: String) throws(FileFailure) -> String? {
    guard let state = try OpenStateFolder.find(for: try FilePlace.open(self)),
      let text = try state.text(of: name), text.hasSuffix("\n\(state.place.identity)\n")
    else { return nil }
    return String(text.dropLast(state.place.identity.count + 2))
  }

  /// Keeps a text as file `name` in the state folder, which is made if need be, in the place of what was
  /// there. Only the file's owner can read it.
  public func keep(_ text: String, as name: String) throws(FileFailure) {
    let state = try OpenStateFolder.findOrMake(for: try FilePlace.open(self))
    try state.folder.remove(name)
    _ = try state.create(name, "\(text)\n\(state.place.identity)\n")
  }

  /// Puts a mark called `name` into the state folder: an empty file, which can be made also where the file
  /// can't be locked, and most times where the disk is full or takes no writes.
  public func mark(_ name: String) throws(FileFailure) {
    _ = try OpenStateFolder.findOrMake(for: try FilePlace.open(self)).create(name, "")
  }

  /// Whether there is a mark called `name`.
  public func hasMark(_ name: String) throws(FileFailure) -> Bool {
    try OpenStateFolder.find(for: try FilePlace.open(self))?.folder.status(of: name) != nil
  }

  /// Removes file `name` from the state folder.
  public func forget(kept name: String) throws(FileFailure) {
    try OpenStateFolder.find(for: try FilePlace.open(self))?.folder.remove(name)
  }
}

extension OpenStateFolder {
  /// Makes file `name` with this text; false when it is there already.
  func create(_ name: String, _ text: String) throws(FileFailure) -> Bool {
    guard let file = folder.open(name, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600) else {
      if errno == EEXIST { return false }
      throw .current("openat", folder.path(of: name))
    }
    try handOver(file)
    try file.write(Array(text.utf8), at: 0)
    return true
  }

  /// The text in file `name`; nil when there is no such file.
  func text(of name: String) throws(FileFailure) -> String? {
    guard let file = folder.open(name, O_RDONLY) else {
      if errno == ENOENT { return nil }
      throw .current("openat", folder.path(of: name))
    }
    return String(decoding: try file.read(1024, at: 0), as: UTF8.self)
  }
}
