import CommandTable
import DotEnv
import DurableFile
import Glibc
import Paths
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
      findings.append(.failed(.file, Failure(error), cure: serviceCure(target)))
    }
    return findings + permissions(settings).map { .warning(.file, $0) }
  }

  private func absentFile(_ settings: Settings) -> Finding {
    let path = settings.file.target.path
    if !settings.environmentGrant().grant.isBlank {
      return .fine(.file, "there is no \(path); the tokens come from the environment")
    }
    let isShared = (try? settings.store()) != nil
    guard isShared || settings.file.namedBy != nil || context.terminal.isInteractive() else {
      return .failed(.file, .settings(.fileNotNamed(path: path)))
    }
    do { try settings.file.target.requireCreatable() } catch {
      return .failed(.file, .file(error), cure: serviceCure(settings.file.target))
    }
    return .warning(
      .file, "there is no \(path) yet",
      cure:
        "\(call: isShared ? "refresh" : "login") makes it; or name another with --env-file PATH")
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
      return ("nothing can be created in its folder", writableFolderCure(target))
    }
    if target.keepsNoModes(state) { return ("its drive keeps no permissions", .otherDrive) }
    if let system = target.lesserFileSystem, system.mayInventModes {
      return ("this \(system.name) mount doesn't let a new file have its permissions", .otherDrive)
    }
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
      cure: target.keepsNoModes(state) ? .otherDrive : writableFolderCure(target))
  }

  /// Whether other users may read or write the file.
  func permissions(_ settings: Settings) -> [Warning] {
    guard let file = settings.file.snapshot?.identity else { return [] }
    return settings.file.target.openness(file).map { [$0] } ?? []
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

  /// Whether the file is on a drive where permissions mean nothing, such as a Windows drive: then the
  /// state folder can't be closed to others, and isn't beside the file although it could be made there.
  fileprivate func keepsNoModes(_ state: StateFolder) -> Bool {
    !state.isBesideFile && canBeCreated
  }

  /// Whether nothing can be changed where it is, whoever tries.
  var isReadOnly: Bool {
    do { try requireCreatable() } catch .readOnlyFileSystem { return true } catch {}
    return false
  }

  /// A warning if other users may read or write `file`, which is the one here, with what can be done
  /// about it here.
  func openness(_ file: FileIdentity) -> Warning? {
    guard file.isOpenToOthers else { return nil }
    let system = lesserFileSystem.flatMap { $0.mayInventModes ? $0.name : nil }
    if file.mode & 0o777 == 0o777, let system { return .modesAreInvented(path, by: system) }
    return .openToOthers(path, mode: file.mode, cure: closing(file, system))
  }

  /// What closes `file` to others, where it isn't a simple chmod(1). `system` names its file system if
  /// that may make modes up.
  private func closing(_ file: FileIdentity, _ system: String?) -> Hint? {
    let command = "`chmod 600 \(ShellWord.path(path))`"
    if access(path.pathBytes, W_OK) != 0, errno == EROFS {
      return "\(command), but not from here: this mount is read-only"
    }
    let state = try? StateFolder.locate(for: self)
    if state.map(keepsNoModes) ?? false { return .otherDrive }
    if geteuid() != 0, geteuid() != file.owner { return "have user \(file.owner) run \(command)" }
    return system.map {
      "\(command); if this \($0) mount ignores that, keep it in your home folder"
    }
  }
}

extension Hint {
  /// For a file on a drive that keeps no permissions.
  fileprivate static let otherDrive: Hint =
    "keep the .env in a Linux file system, or mount its drive with permissions (on WSL: metadata)"
}
