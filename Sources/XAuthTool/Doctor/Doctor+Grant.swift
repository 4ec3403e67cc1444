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
    let state = standing.state
    return switch state {
    case .usableNotRenewable:
      .warning(
        .token, "usable, and there is no refresh token: nothing renews it",
        cure: "\(call: "login") again, with offline.access among the scopes")
    case .usableRefused:
      // For other commands this is only a warning: they can go on.
      standing.warning(at: context.clock.now()).map {
        .failed(.token, $0.message, cure: $0.cure)
      } ?? .failed(.token, state.phrase, cure: state.cure)
    case .usableHandedOn:
      .warning(.token, "usable; \(state.ending ?? "")", cure: state.cure)
    case .usable, .renewable: .fine(.token, state.phrase)
    case .outcomeUnknown, .none: .warning(.token, state.phrase, cure: state.cure)
    case .handedOn, .expired, .expiryUnknown, .refused, .revocationBegun, .otherAccount:
      .failed(.token, state.phrase, cure: state.cure)
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
    if settings.onRotate == nil, let held = try? settings.grant(), !held.grant.isBlank {
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
