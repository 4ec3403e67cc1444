import Callback

extension CallbackListener {
  /// The listener of a login, its certificate checked.
  convenience init(_ login: Login) throws(Failure) {
    let callback = login.callback
    let identity = try TLSIdentity.checked(login)
    do {
      let plan = try callback.listenPlan()
      if let words = plan.words(host: callback.redirect.host) {
        login.call.console.say("\(words).")
      }
      try self.init(
        endpoints: plan.endpoints, identity: identity,
        expecting: CallbackExpectation(redirect: callback.redirect, state: login.state))
    } catch {
      throw .listener(error, callback)
    }
  }
}

extension ListenPlan {
  /// Why it is listened at more addresses than `host`, the one that was set, says; nil when it isn't.
  func words(host: String) -> String? {
    everywhereBecauseOf.map {
      "On this machine \(host) means \($0), which no other machine can reach:"
        + " so a login listens on all addresses"
    }
  }
}

extension TLSIdentity {
  /// The certificate and key that the settings name, checked as a browser would; nil for plain http.
  fileprivate static func checked(_ login: Login) throws(Failure) -> TLSIdentity? {
    guard let files = login.callback.tls else { return nil }
    do {
      let identity = try TLSIdentity.load(
        certificateFile: files.certificate, keyFile: files.key,
        forHost: login.callback.redirect.host, now: login.call.context.clock.now())
      for warning in identity.warnings { login.call.console.warn(warning.words) }
      return identity
    } catch {
      throw .certificate(error)
    }
  }
}
