import Rotation
import OAuth

extension Doctor {
  /// Whether the access token works, or can be renewed without a login.
  func token(_ settings: Settings) -> [Finding] {
    do {
      let standing = try settings.standing(at: context.clock.now())
      return [finding(standing)] + unreadableExpiry(standing.held).map { .warning(.token, $0) }
    } catch {
      return [.failed(.token, error)]
    }
  }

  private func finding(_ standing: GrantStanding) -> Finding {
    let now = context.clock.now()
    let words = standing.words(at: now)
    if standing.renewal == .followed {
      return standing.access.isValid
        ? .fine(.token, words) : .warning(.token, words, cure: standing.cure)
    }
    if standing.isBlank { return .warning(.token, words, cure: standing.cure) }
    if standing.isInDoubt, standing.access.isValid {
      return .warning(.token, words, cure: standing.cure)
    }
    return switch (standing.renewal, standing.access.isValid) {
    case (.possible, _), (.followed, _), (.outcomeUnknown, true): .fine(.token, words)
    case (.outcomeUnknown, false): .warning(.token, words, cure: standing.cure)
    case (.noRefreshToken, true), (.handedOn, true):
      .warning(.token, words, cure: standing.cure)
    // For other commands a grant that has ended is only a warning while they can go on.
    case (.noRefreshToken, false), (.handedOn, false), (.refused, _), (.revocationBegun, _),
      (.otherAccount, _), (.otherServer, _):
      .failed(.token, words, cure: standing.cure)
    }
  }

  /// Whether the expiry was written in a way that can't be read.
  func unreadableExpiry(_ held: SourcedGrant) -> [Warning] {
    held.unreadableExpiry.map { [.unreadableExpiry($0)] } ?? []
  }

  /// Whether the expiry is later than the token can live. `doctor` reports it with the clock.
  func impossibleExpiry(_ settings: Settings, _ held: SourcedGrant) -> [Warning] {
    (try? settings.view(of: held))?.known.hasImpossibleExpiry(at: context.clock.now()) == true
      ? [.impossibleExpiry] : []
  }

  /// The scopes that are requested, and those of them that weren't granted.
  func scopes(_ settings: Settings) -> [Finding] {
    let requested: Scopes
    do { requested = try settings.requestedScopes() } catch { return [.failed(.scopes, error)] }
    // If the grant can't be read, the check of the token says so.
    let granted = (try? settings.grant())?.grant.scopes
    var findings = requested.warnings.map { Finding.warning(.scopes, $0) }
    if let missing = granted.map(requested.subtracting), !missing.isEmpty {
      findings.append(
        .warning(
          .scopes, "asked for and not granted: \(sanitized(missing.spaceSeparated))",
          cure: "a new login asks for them; the app's permissions may be too few"))
    }
    return findings.isEmpty ? [.fine(.scopes, "\(requested.names.count) asked for")] : findings
  }

  /// Whether renewed tokens are stored where they are needed.
  func rotation(_ settings: Settings) -> [Finding] {
    var findings: [Finding] = []
    // Only warnings, because `refresh` may be called with --on-rotate.
    if settings.onRotate == nil, (try? settings.store()) == nil,
      let held = try? settings.grant(), !held.grant.isBlank
    {
      let report =
        context.environment.isCI
        ? SettingsFailure.rotationInCI.report
        : held.source == .environment ? SettingsFailure.noStore.report : nil
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
