import Rotation
import DurableFile

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
      let proof = try locked.prove(byteCount: snapshot.bytes.count + Rotation.growth)
      findings.append(saving(by: proof.method, target))
      findings.append(folder(locked.state))
      proof.discard()
      locked.release()
    } catch {
      findings.append(.failed(.file, .file(error)))
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

  private func saving(by method: Replacement.Method, _ target: FileTarget) -> Finding {
    switch method {
    case .exchange: .fine(.file, "\(target.path) can be replaced in one step")
    case .inPlace:
      .warning(
        .file,
        "\(target.path) can only be written over: who reads it meanwhile may see half of it",
        cure: "in a container mount the folder, not the file; elsewhere remove other hard links")
    }
  }

  private func folder(_ state: StateFolder) -> Finding {
    if state.isBesideFile { return .fine(.folder, "lock and journal are in \(state.path)") }
    return .warning(
      .folder,
      "lock and journal are in \(state.path), where other users and containers don't find them",
      cure: "make the folder of the .env writable")
  }

  /// Whether other users may read or write the file.
  func permissions(_ settings: Settings) -> [Warning] {
    guard let mode = settings.file.snapshot?.identity.mode, mode & 0o077 != 0 else { return [] }
    let target = settings.file.target
    if mode & 0o777 == 0o777, let system = target.lesserFileSystem, system.mayInventModes {
      return [.modesAreInvented(target.path, by: system.name)]
    }
    return [.openToOthers(target.path, mode: mode)]
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
