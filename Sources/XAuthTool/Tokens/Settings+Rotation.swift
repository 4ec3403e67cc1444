import DotEnv
import DurableFile
import Rotation

extension Settings {
  /// Whether they name the same client, server and store with this document for their file's.
  @Sendable func agree(with document: DotEnvDocument) -> Bool {
    let now = Settings(options: options, environment: environment, file: file.holding(document))
    func same<Value: Equatable>(_ value: (Settings) throws -> Value) -> Bool {
      (try? value(self)).map { before in (try? value(now)) == before } ?? true
    }
    return same { try $0.client(savingInFile: true)?.credentials }
      && same { try $0.client()?.credentials } && same { try $0.setting(.apiBaseURL)?.text }
      && same { try $0.setting(.store)?.text }
  }

  /// What our files hold for `held`, and the journal beside that: for an older copy in the
  /// environment, the grant that has followed on it.
  func view(of held: SourcedGrant) throws(Failure) -> GrantView {
    guard held.source == .environment else {
      return try view(of: file.target, holding: held.grant)
    }
    do {
      let known = try GrantHome.fileFollowing(held.grant, home: environment["HOME"])
      guard let known else { return GrantView(grant: held.grant, record: nil) }
      let view = try GrantView(of: known)
      return view.isNewer(than: held.grant)
        ? view : GrantView(grant: held.grant, record: view.record)
    } catch {
      throw Failure(error)
    }
  }

  /// The same for a file that is known to hold `grant`.
  func view(of target: FileTarget, holding grant: Grant) throws(Failure) -> GrantView {
    do { return try GrantView(of: target, holding: grant) } catch { throw .file(error) }
  }

  /// The newest grant, when it isn't `held`: it waits in the journal to be saved, or an older copy of
  /// the file has come back, or the program that renewed the environment's could not put it back
  /// there.
  func newerGrant(than held: SourcedGrant) throws(Failure) -> Grant? {
    let newest = try view(of: held).newest
    return newest == held.grant ? nil : newest
  }

  /// Whether the `--on-rotate` command that is set has still to be told of what came after `held`.
  func owesHook(for held: SourcedGrant) throws(Failure) -> Bool {
    guard onRotate != nil else { return false }
    return try view(of: held).owesHook
  }

  /// Where the journal is.
  var journalPath: String { file.target.journalPath }
}
