import DotEnv
import DurableFile
import OAuth

extension Settings {
  /// For a grant that came wholly from the environment: these settings with a file of this user's
  /// own for the grant.
  ///
  /// Such a grant has no file to be saved in: the `--on-rotate` command is what puts it back where it
  /// came from. Until that has worked, the file is where the new tokens are, and it makes the same
  /// lock, journal and recovery serve that every other grant has.
  func adoptingEnvironmentGrant(
    _ client: ClientCredentials, _ context: Context, telling console: Console
  ) throws(Failure) -> Settings {
    let grant = environmentGrant().grant
    let target: FileTarget
    do {
      target = try FileTarget.inStateHome(Self.fileName(client), home: environment["HOME"])
    } catch {
      throw .file(error)
    }
    var locked = try LockedGrant.open(
      target, creating: true, timeout: Rotation.lockTimeout, context: context, waiting: {})
    _ = try locked.recover(telling: console)
    // A spent token in the environment is an older copy of what the file holds: a job that began
    // before the last one had put its token back.
    let isOlder = locked.record?.isSpent(grant) ?? false
    if !isOlder, !locked.grant.hasSameTokens(as: grant) {
      try locked.edit(grant.changes(to: DotEnvDocument([])))
    }
    locked.unlock()
    do {
      let snapshot = try target.read()
      let own = EnvFile(
        namedBy: .environment, target: target, snapshot: snapshot,
        document: DotEnvDocument(snapshot?.bytes ?? []))
      return Settings(invocation: invocation, environment: environment, file: own)
    } catch {
      throw .file(error)
    }
  }

  /// One file for each app: the client's id in the characters that a file name can have.
  private static func fileName(_ client: ClientCredentials) -> String {
    let id = client.id.prefix(80).map { character in
      character.isASCII && (character.isLetter || character.isNumber || character == "-")
        ? character : "_"
    }
    return "environment-\(String(id)).env"
  }
}
