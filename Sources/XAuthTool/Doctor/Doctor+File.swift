import DotEnv
import DurableFile
import Rotation

extension Doctor {
  /// In seconds: how long to wait for another run that holds the lock.
  private static let lockTimeout = 2.0

  /// Whether a new token could be saved: does every step of a save but the last.
  func file(_ settings: Settings) -> [Finding] {
    let target = settings.file.target
    guard let snapshot = settings.file.snapshot else { return [absentFile(settings)] }
    var findings: [Finding] = []
    do {
      let locked = try LockedFile.acquire(
        target, timeout: Self.lockTimeout, createIfAbsent: false, waiting: {})
      let proof = try locked.proveSave(in: DotEnvDocument(snapshot.bytes))
      findings.append(saving(by: proof.method, snapshot, target, locked.state))
      findings.append(folder(locked.state, target))
      proof.discard()
      locked.release()
    } catch {
      findings.append(.failed(.file, Failure(error)))
    }
    return findings + permissions(settings).map { .warning(.file, $0) }
  }

  private func absentFile(_ settings: Settings) -> Finding {
    let path = settings.file.target.path
    if !settings.environmentGrant().grant.isBlank {
      return .fine(.file, "there is no \(path); the tokens come from the environment")
    }
    guard settings.file.namedBy != nil || context.terminal.isInteractive() else {
      return .failed(.file, .settings(.fileNotNamed(path: path)))
    }
    do { try settings.file.target.requireCreatable() } catch { return .failed(.file, .file(error)) }
    return .warning(
      .file, "there is no \(path) yet",
      cure: "\(call: "login") makes it; or name another with --env-file PATH")
  }

  private func saving(
    by method: Replacement.Method, _ snapshot: FileSnapshot, _ target: FileTarget,
    _ state: StateFolder
  ) -> Finding {
    if method == .exchange { return .fine(.file, "\(target.path) can be replaced in one step") }
    let (reason, cure) = obstacle(to: target, snapshot, state)
    return .warning(
      .file,
      "\(target.path) can only be overwritten, and a program that reads it then may see half of it: \(reason)",
      cure: cure)
  }

  /// Why a new file can't take the old one's place, and what to do about it.
  private func obstacle(
    to target: FileTarget, _ snapshot: FileSnapshot, _ state: StateFolder
  ) -> (reason: String, cure: Hint) {
    if target.isMounted { return ("it is mounted as a single file", "mount its folder instead") }
    if snapshot.identity.links > 1 {
      return ("it has other hard links", "remove the other hard links")
    }
    if !target.canBeCreated {
      return ("nothing can be created in its folder", "make the folder writable")
    }
    if keepsNoModes(target, state) { return ("its drive keeps no permissions", Self.otherDrive) }
    return (
      "a new file can't get its owner, permissions or access list",
      "run it as the file's owner, or remove the access list (setfacl -b)"
    )
  }

  private func folder(_ state: StateFolder, _ target: FileTarget) -> Finding {
    if state.isBesideFile { return .fine(.folder, "lock and journal are in \(state.path)") }
    return .warning(
      .folder,
      "lock and journal are in \(state.path), where other users and containers don't find them",
      cure: keepsNoModes(target, state) ? Self.otherDrive : "make the folder of the .env writable")
  }

  private static let otherDrive: Hint =
    "keep the .env in a Linux file system, or mount its drive with permissions (on WSL: metadata)"

  /// Whether the file is on a drive where permissions mean nothing, such as a Windows drive: then the
  /// state folder can't be closed to others, and isn't beside the file although it could be made there.
  private func keepsNoModes(_ target: FileTarget, _ state: StateFolder) -> Bool {
    !state.isBesideFile && target.canBeCreated
  }

  /// Whether other users may read or write the file.
  func permissions(_ settings: Settings) -> [Warning] {
    let target = settings.file.target
    guard let file = settings.file.snapshot?.identity, file.isOpenToOthers else { return [] }
    if file.mode & 0o777 == 0o777, let system = target.lesserFileSystem, system.mayInventModes {
      return [.modesAreInvented(target.path, by: system.name)]
    }
    let state = try? StateFolder.locate(for: target)
    let keepsNoModes = state.map { self.keepsNoModes(target, $0) } ?? false
    return [.openToOthers(target.path, mode: file.mode, cure: keepsNoModes ? Self.otherDrive : nil)]
  }

  /// Whether git would publish the tokens.
  func git(_ settings: Settings) -> [Finding] {
    let path = settings.file.target.path
    let answer = context.git.ask(about: settings)
    switch answer {
    case .noRepository: return [.fine(.git, "\(path) is not in a git repository")]
    case .ignored: return [.fine(.git, "git would not commit \(path)")]
    case .notInstalled: return [.warning(.git, .gitNotAsked(path, "there is no git on PATH"))]
    case .wouldCommit, .noAnswer:
      return answer.warnings(about: settings).map { .warning(.git, $0) }
    }
  }
}

extension FileTarget {
  fileprivate var canBeCreated: Bool { (try? requireCreatable()) != nil }
}
