/// Looks for everything that would make a login or a refresh fail later.
///
/// A check never throws: what it finds wrong is its finding, and the other checks still run.
struct Doctor: Sendable {
  let call: Call
  var context: Context { call.context }

  /// The findings of all checks; with `online` also of the one that sends a request to X.
  func findings(online: Bool) -> [Finding] {
    let settings: Settings
    do { settings = try call.settings() } catch {
      // Without the file nothing is known of the settings, but the machine can still be checked.
      return [.failed(.file, error)] + machine.flatMap { $0() }
    }
    return checks.flatMap { $0(settings) } + machine.flatMap { $0() }
      + (online ? network(settings) : [])
  }

  /// What `show` warns about: the checks that only read and need no program but git.
  func warnings(_ settings: Settings, _ held: SourcedGrant) -> [Warning] {
    staleCopy(settings) + unreadableExpiry(held) + impossibleExpiry(held) + permissions(settings)
      + context.git.ask(about: settings).warnings(about: settings)
  }

  /// The list of checks, in the order in which they are reported.
  private var checks: [(Settings) -> [Finding]] {
    [
      file, git, images, token, scopes, rotation, client, signature, endpoint, proxy, environment,
      callback, browser, clock,
    ]
  }

  private var machine: [() -> [Finding]] { [openSSL, libcurl, path, cron] }
}
