/// Looks for everything that would make a login or a refresh fail later.
///
/// A check never throws: what it finds wrong is its finding, and the others go on.
struct Doctor: Sendable {
  let call: Call
  var context: Context { call.context }

  /// All findings, `online` those too that need X.
  func findings(online: Bool) -> [Finding] {
    let settings: Settings
    do { settings = try call.settings() } catch {
      // Without the file nothing is known of the settings; the machine is looked at all the same.
      return [.failed(.file, error)] + machine()
    }
    let offline =
      file(settings) + git(settings) + images(settings) + token(settings) + scopes(settings)
      + rotation(settings)
      + client(settings) + signature(settings) + endpoint(settings) + proxy(settings)
      + environment(settings)
      + callback(settings)
      + browser() + clock(settings) + machine()
    return online ? offline + network(settings) : offline
  }

  private func machine() -> [Finding] { openSSL() + libcurl() + path() + cron() }
}
