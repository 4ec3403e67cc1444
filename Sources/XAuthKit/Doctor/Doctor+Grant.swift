import Rotation
import OAuth

extension Doctor {
  /// Whether the grant can be used, or renewed without a person.
  func token(_ settings: Settings) -> [Finding] {
    do {
      let standing = try settings.standing(at: context.clock.now())
      return [finding(standing)] + expiry(standing.held)
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
      standing.warning(at: context.clock.now()).map { .failed(.token, $0) }
        ?? .failed(.token, state.words, cure: state.cure)
    case .usable, .renewable: .fine(.token, state.words)
    case .outcomeUnknown, .none: .warning(.token, state.words, cure: state.cure)
    case .expired, .expiryUnknown, .refused, .revocationBegun:
      .failed(.token, state.words, cure: state.cure)
    }
  }

  private func expiry(_ held: SourcedGrant) -> [Finding] {
    held.unreadableExpiry.map { [.warning(.token, .unreadableExpiry($0))] } ?? []
  }

  /// What was granted against what is asked for.
  func scopes(_ settings: Settings) -> [Finding] {
    let requested: Scopes
    do { requested = try settings.requestedScopes() } catch { return [.failed(.scopes, error)] }
    // That a grant can't be read is said of the token.
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

  /// Whether new tokens get where they are needed.
  func rotation(_ settings: Settings) -> [Finding] {
    var findings: [Finding] = []
    // Warnings: refresh may be called with --on-rotate, and be right.
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
