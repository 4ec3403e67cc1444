import DotEnv

/// The command that carries new tokens to where they are needed.
struct HookCommand: Sendable {
  static let shell = "/bin/sh"

  let command: String
  let context: Context

  /// Runs it by `sh -c`, the grant's values as dotenv on its standard input. What it prints goes to
  /// our standard error.
  func run(with grant: Grant) throws(Failure) {
    let outcome: ProgramOutcome
    do {
      outcome = try context.programs.run(
        [Self.shell, "-c", command], environment, dotEnv(grant),
        .inheritErrorStream, nil)
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
