import CommandTable
import DotEnv
import Rotation

/// The command that carries new tokens to where they are needed.
struct HookCommand: Sendable {
  static let shell = "/bin/sh"
  /// Seconds that it may run: it restarts a server or stores a secret.
  static let limit = 60.0

  let command: String
  let context: Context

  /// Runs it by `sh -c`, the grant's values as dotenv on its standard input. What it prints goes to
  /// our standard error.
  func run(with grant: Grant) throws(Failure) {
    let outcome: ProgramOutcome
    do {
      outcome = try context.programs.run(
        [Self.shell, "-c", command], environment, dotEnv(grant),
        .inheritErrorStream, Self.limit)
    } catch let failure as ProgramNotStarted {
      throw .hook(.cannotStart(errno: failure.errno))
    } catch {
      throw Failure(error)
    }
    guard outcome.isSuccess else { throw .hook(.failed(outcome.end)) }
  }

  /// Ours, without the command's own name, or a hook that calls this program would wait for itself.
  var environment: Environment {
    context.environment.without(
      SettingName.grant.map(\.rawValue) + [SettingName.clientSecret.rawValue, "XAUTH_ON_ROTATE"])
  }

  private func dotEnv(_ grant: Grant) throws(Failure) -> [UInt8] {
    let empty = DotEnvDocument([])
    do { return try empty.setting(grant.changes(to: empty)).bytes } catch {
      throw .dotEnv(error, path: "the hook's input")
    }
  }
}

extension HookCommand {
  /// Seconds for a shell to look at a command without running it.
  private static let patience = 5.0

  /// Refuses, without running anything of it, a command that can be seen to fail: it would cost a
  /// token, which is renewed before it runs.
  func check() throws(Failure) {
    guard context.programs.find(Self.shell, nil) != nil else {
      throw .settings(.noShell(Self.shell))
    }
    // With -n a shell reads and runs nothing (sh(1)).
    if fails(["-n", "-c", command]) { throw .settings(.hookUnreadable) }
    if let name = programName, fails(["-c", "command -v \"$1\"", "sh", name]) {
      throw .settings(.hookNotFound(name))
    }
  }

  /// Whether the shell can be asked, and says no.
  private func fails(_ arguments: [String]) -> Bool {
    let asked = try? context.programs.run(
      [Self.shell] + arguments, environment, [], .capture(limit: 0), Self.patience)
    guard case .exited(let status)? = asked?.end else { return false }
    return status != 0
  }

  /// The program that the command is all about, where that can be told without being a shell: of
  /// `a || b` and `a; b` the first may be missing.
  private var programName: String? {
    guard !command.contains(where: { ";|&\n(){}`".contains($0) }) else { return nil }
    guard let word = command.split(whereSeparator: { $0 == " " || $0 == "\t" }).first,
      word.first != "-", ShellWord.isPlain(String(word))
    else { return nil }
    return String(word)
  }
}
