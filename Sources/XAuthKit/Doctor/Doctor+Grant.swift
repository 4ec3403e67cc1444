import OAuth

extension Doctor {
  /// Whether the grant can be used, or renewed without a person.
  func token(_ settings: Settings) -> [Finding] {
    do {
      let standing = try settings.standing(at: context.clock.now())
      return [finding(standing.state, of: standing.held.grant)] + expiry(standing.held)
    } catch {
      return [.failed(.token, error)]
    }
  }

  private func finding(_ state: TokenState, of grant: Grant) -> Finding {
    switch state {
    case .usable where grant.refreshToken == nil:
      .warning(
        .token, "usable, and there is no refresh token: nothing renews it",
        cure: "\(call: "login") again, with offline.access among the scopes")
    case .usable, .renewable: .fine(.token, state.words)
    case .outcomeUnknown, .none: .warning(.token, state.words, cure: state.cure)
    case .expired, .expiryUnknown, .refused, .revocationBegun:
      .failed(.token, state.words, cure: state.cure)
    }
  }

  private func expiry(_ held: SourcedGrant) -> [Finding] {
    guard let text = held.unreadableExpiry else { return [] }
    return [
      .warning(
        .token, "X_OAUTH2_EXPIRES_AT=\(sanitized(text, limit: 40)) is not a time",
        cure: "\(call: "refresh") writes a new one")
    ]
  }

  /// What was granted against what is asked for.
  func scopes(_ settings: Settings) -> [Finding] {
    let requested: Scopes
    do { requested = try settings.requestedScopes() } catch { return [.failed(.scopes, error)] }
    // That a grant can't be read is said of the token.
    let granted = (try? settings.grant())?.grant.scopes
    var findings: [Finding] = []
    if !requested.contains("offline.access") {
      findings.append(
        .warning(
          .scopes, "offline.access is not asked for: a login is good for two hours only",
          cure: "add it to X_OAUTH2_SCOPES"))
    }
    if !requested.unknown.isEmpty {
      let names = sanitized(requested.unknown.joined(separator: " "))
      findings.append(
        .warning(.scopes, "X documents no scope \(names)", cure: "check X_OAUTH2_SCOPES"))
    }
    if let missing = granted.map(requested.subtracting), !missing.isEmpty {
      findings.append(
        .warning(
          .scopes, "asked for and not granted: \(sanitized(missing.spaceSeparated))",
          cure: "a new login asks for them; the app's permissions may be too few"))
    }
    return findings.isEmpty ? [.fine(.scopes, "\(requested.names.count) asked for")] : findings
  }

  /// Whether new tokens get where they are needed.
  func rotation(_ settings: Settings) -> [Finding] {
    var findings: [Finding] = []
    // Warnings: refresh may be called with --on-rotate, and be right.
    if settings.onRotate == nil, let held = try? settings.grant(), !held.grant.isBlank {
      let report =
        context.environment.isCI
        ? SettingsFailure.rotationInCI.report
        : held.place == .environment ? SettingsFailure.noStore.report : nil
      if let report { findings.append(.warning(.rotation, report.message, cure: report.hint)) }
    }
    guard let command = settings.onRotate else { return findings }
    do { try HookCommand(command: command, context: context).check() } catch {
      findings.append(.failed(.rotation, error))
    }
    if let held = try? settings.grant(), (try? settings.owesHook(for: held)) == true {
      findings.append(
        .warning(
          .rotation, "the --on-rotate command has not succeeded since the last renewal",
          cure: "\(call: "refresh") runs it again"))
    }
    return findings
  }
}
