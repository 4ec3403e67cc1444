import HTTP
import OAuth
import Rotation
import Stores

extension SharedStore where Self == NamedStore {
  /// The real one at `place`, by the settings of its own engine in the process environment.
  static func live(
    _ place: StorePlace, _ environment: Environment, _ programs: Programs
  ) throws(Failure) -> any SharedStore {
    do {
      switch place {
      case .kubernetes(let name):
        return try KubernetesStore(
          place: name, environment: environment.all, client: try client(environment))
      case .vault(let name):
        return try VaultStore(
          place: name, environment: environment.all, client: try client(environment))
      case .etcd(let name):
        return try EtcdStore(
          place: name, environment: environment.all, client: try client(environment))
      case .exec(let command), .follow(let command):
        let fingerprint = Secret(command).fingerprint ?? ""
        return NamedStore(
          name: "\(place.shown) (\(fingerprint))",
          store: CommandStore(place: command) { arguments, input, seconds in
            programs.runStore(arguments, environment, input, seconds)
          })
      }
    } catch let failure as StoreFailure {
      throw .rotation(.store(failure, place: place.shown))
    } catch {
      throw Failure(error)
    }
  }

  private static func client(_ environment: Environment) throws -> HTTPClient {
    try HTTPClient.open(environment: environment.all)
  }
}

/// A store under a name that may be shown: a command's arguments may be secret.
struct NamedStore: SharedStore {
  let name: String
  let store: any SharedStore

  func read(within seconds: Double) throws(StoreFailure) -> StoredEntries? {
    try store.read(within: seconds)
  }

  func swap(
    _ entries: [String: String], over revision: StoreRevision?, within seconds: Double
  ) throws(StoreFailure) -> StoreSwap {
    try store.swap(entries, over: revision, within: seconds)
  }
}

extension Programs {
  /// More than a command may print: a revision and 64 KiB.
  private static let longestAnswer = 128 * 1024

  /// Runs the command of an `exec:` store, with nothing in its environment that could renew.
  fileprivate func runStore(
    _ arguments: [String], _ environment: Environment, _ input: [UInt8], _ seconds: Double
  ) -> CommandStore.Outcome {
    let theirs = environment.without(
      SettingName.grant.map(\.rawValue)
        + [SettingName.clientSecret, .store].map(\.rawValue) + ["XAUTH_ON_ROTATE"])
    let outcome: ProgramOutcome
    do throws(ProgramNotStarted) {
      outcome = try run(arguments, theirs, input, .capture(limit: Self.longestAnswer), seconds)
    } catch {
      return .notStarted(reason: systemText(error.errno))
    }
    guard case .exited(let status) = outcome.end else { return .brokenOff }
    return .ended(status: status, output: outcome.output)
  }
}
