import Callback

extension Doctor {
  /// Whether the callback could be received: opens the listener and closes it at once.
  func callback(_ settings: Settings) -> [Finding] {
    let callback: CallbackSettings
    do { callback = try settings.callback() } catch { return [.failed(.callback, error)] }
    let slips = (settings.callbackSlips() + settings.timeoutSlips()).map {
      Finding.warning(.callback, $0)
    }
    return [listening(callback)] + slips
      + (callback.tls.map { certificate($0, callback.redirect) } ?? [])
  }

  private func listening(_ callback: CallbackSettings) -> Finding {
    let redirect = callback.redirect
    let plan: ListenPlan
    do {
      plan = try callback.listenPlan()
      _ = try CallbackListener(
        endpoints: plan.endpoints, identity: nil,
        expecting: CallbackExpectation(redirect: redirect, state: ""))
    } catch {
      return .failed(.callback, .listener(error, callback))
    }
    let parts = [
      "\(redirect.uri) is free; register it exactly so", plan.words(host: redirect.host),
      proxied(callback),
    ]
    return .fine(.callback, parts.compactMap(\.self).joined(separator: ". "))
  }

  /// What the proxy has to do, if the redirect URI is https and there is no certificate for it.
  private func proxied(_ callback: CallbackSettings) -> String? {
    guard callback.isBehindProxy else { return nil }
    return
      "The proxy must forward the Host header unchanged (nginx: proxy_set_header Host $http_host;)"
  }

  private func certificate(
    _ files: CallbackSettings.TLSFiles, _ redirect: RedirectURI
  ) -> [Finding] {
    let now = context.clock.now()
    do {
      let identity = try TLSIdentity.load(
        certificateFile: files.certificate, keyFile: files.key, forHost: redirect.host, now: now)
      let warnings = identity.warnings.map {
        Finding.warning(.certificate, $0.words, cure: "get another before it matters")
      }
      let days = (identity.notAfter - now) / 86_400
      return warnings.isEmpty ? [.fine(.certificate, "valid for \(days) days")] : warnings
    } catch {
      return [.failed(.certificate, .certificate(error))]
    }
  }

  /// Which browser a login would open. A login also works without one.
  func browser(_ settings: Settings) -> [Finding] {
    let environment = context.environment
    let choice = BrowserChoice(
      option: nil, environment: environment.all,
      find: { context.programs.find($0, environment["PATH"]) })
    if choice.missing != nil {
      return [
        .warning(
          .browser, "BROWSER names no program that is here", cure: "correct it, or unset it")
      ]
    }
    let commands = choice.candidates(for: "https://x.com", on: context.desktop())
    guard let program = commands.first?.first else {
      return [.fine(.browser, "none here: login prints the address, to be opened elsewhere")]
    }
    return [.fine(.browser, "login opens \(program)")]
  }
}
