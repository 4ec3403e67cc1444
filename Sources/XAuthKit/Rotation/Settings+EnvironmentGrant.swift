import DotEnv
import DurableFile

// A grant that came wholly from the environment has no file to be saved in: the `--on-rotate`
// command is what puts it back where it came from. Until that has worked, a file of this user's own
// is where the new tokens are, and it makes the same lock, journal and recovery serve that every
// other grant has.

extension Settings {
  /// How the names of such files begin; the rest is the hash of the first token that was in it, so
  /// that the grants of two accounts never meet.
  private static let filePrefix = "environment-"

  /// These settings with the environment's grant in its file, which is made if need be.
  func withEnvironmentGrantInFile(
    _ context: Context, telling console: Console
  ) throws(Failure) -> Settings {
    let grant = environmentGrant().grant
    let known = try environmentGrantFile()
    let target = if let known { known } else { try newEnvironmentGrantFile(grant) }
    var locked = try LockedGrant.open(
      try with(target), creating: true, context: context, telling: console)
    _ = try locked.recover(telling: console)
    // A spent token in the environment is an older copy of what the file holds: a job that began
    // before the last one had put its token back.
    let isOlder = locked.record?.isSpent(grant) ?? false
    if !isOlder, locked.grant.identity != grant.identity {
      try locked.edit(grant.changes(to: DotEnvDocument([])))
    }
    locked.unlock()
    return try with(target)
  }

  /// The file that knows the environment's grant, as its own or as one that it has followed on; nil
  /// when there is none.
  func environmentGrantFile() throws(Failure) -> FileTarget? {
    let grant = environmentGrant().grant
    guard !grant.isBlank else { return nil }
    let all = FileTarget.allInStateHome(prefix: Self.filePrefix, home: environment["HOME"])
    for target in all {
      let settings = try with(target)
      if try settings.file.grant().grant.identity == grant.identity { return target }
      // One that can't be read is somebody else's trouble, most likely.
      if let record = try? settings.journalRecord(), record.knows(grant) { return target }
    }
    return nil
  }

  /// These settings with the file at `target` in place of their own.
  func with(_ target: FileTarget) throws(Failure) -> Settings {
    do {
      let snapshot = try target.read()
      let own = EnvFile(
        namedBy: .environment, target: target, snapshot: snapshot,
        document: DotEnvDocument(snapshot?.bytes ?? []))
      return Settings(options: options, environment: environment, file: own)
    } catch {
      throw .file(error)
    }
  }

  private func newEnvironmentGrantFile(_ grant: Grant) throws(Failure) -> FileTarget {
    guard let token = grant.identity else { throw .unexpected("there is no token to keep") }
    let hash = try SpentToken(required: token)
    do {
      return try FileTarget.inStateHome(
        "\(Self.filePrefix)\(hash.digest.prefix(16)).env", home: environment["HOME"])
    } catch {
      throw .file(error)
    }
  }
}

extension RotationRecord {
  /// Whether `grant` is one that this record is about. The refresh token tells: not every place that
  /// keeps one keeps the access token beside it.
  fileprivate func knows(_ grant: Grant) -> Bool {
    [presented.identity, newest.identity].contains(grant.identity) || isSpent(grant)
  }
}
