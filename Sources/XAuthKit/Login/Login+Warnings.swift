import OAuth

extension Login {
  private var console: Console { call.console }
  private var path: String { rotation.settings.file.target.path }

  /// Says what will disappoint later, before anything is done.
  func warn() {
    for warning in scopes.warnings { console.warn(warning) }
    let settings = rotation.settings
    let answer = call.context.git.ask(about: settings)
    for warning in answer.warnings(about: settings) { console.warn(warning) }
  }

  /// X keeps one grant per app and account: a login ends the one that works.
  func askBeforeReplacing() throws(Failure) {
    let grant = try rotation.settings.file.grant().grant
    guard !call.options.force, !grant.isBlank,
      grant.isGood(for: 0, at: call.context.clock.now()) || grant.refreshToken != nil
    else { return }
    console.warn(
      "\(path) holds a grant that may still work; a login replaces it",
      hint: "X also ends it wherever else the same app and account are in use")
    guard call.context.terminal.isInteractive, !console.isJSON else { return }
    guard call.confirms("Log in all the same?") else { throw .login(.declined) }
  }
}
