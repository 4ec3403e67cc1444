import HTTP
import OAuth
import Rotation

/// What the message of a rotation's failure says beside the failure itself.
struct RotationCircumstances: Sendable {
  /// The host that was asked.
  var host = "X"
  /// Its address; nil where none was asked.
  var api: Setting?
  /// The client that asked; nil where none did.
  var client: ClientCredentials?
  /// Whether anything would have been sent.
  var sends = true
  /// When, in seconds since 1970.
  var now = 0
  /// Until when the current access token works, and in which file, where a renewal failed.
  var lifeline: String?
  /// When a renewal whose outcome is unknown is tried again at the earliest, in seconds since 1970.
  var nextTry: Int?

  /// Tells until when the access token of `known`, in the file at `path`, works.
  mutating func tellLife(of known: KnownGrant, in path: String, after failure: RotationFailure) {
    let access = AccessStanding(known, at: now)
    // An unanswered token is presented again when little can be lost by it.
    let soonest = now + Int(Rotation.lateRequests) + 1
    nextTry =
      if case .valid(let end) = access { max(soonest, end - Rotation.lastMinutes) } else { soonest }
    let whose = known.account.map { " of @\($0.username)" } ?? ""
    lifeline = access.words(at: now, isDoubtful: failure.mayHaveEndedAccess).map {
      "the token\(whose) in \(path) \($0)"
    }
  }

  /// What to do where requests have to go to `issuer`.
  fileprivate func cure(leadingTo issuer: String, in path: String) -> Hint {
    switch api?.source {
    case .file where issuer == Endpoints.standardAPI:
      "take X_API_BASE_URL out of \(path), or run \(call: "login") to begin anew there"
    case .environment where issuer == Endpoints.standardAPI:
      "unset X_API_BASE_URL, or run \(call: "login") to begin anew there"
    default: "set X_API_BASE_URL to \(issuer), or run \(call: "login") to begin anew"
    }
  }

  /// What happens by itself after a renewal whose outcome is unknown.
  fileprivate var laterRuns: String {
    "later runs try again" + (nextTry.map { ", from \(Times.local($0, now: now)) on" } ?? "")
  }
}

// What several rows say.
private let loginAgain: Hint =
  "run \(call: "login") again: the tokens of an earlier login may have stopped working"
private let wasChanged = "the file was changed meanwhile"

extension RotationFailure {
  /// The row of the table, with what a person wants to know about a renewal that failed: until when the
  /// access token works.
  func report(_ asked: RotationCircumstances) -> FailureReport {
    let row = row(asked)
    guard let lifeline = asked.lifeline else { return row }
    let unsent =
      isBeforeRequest && asked.sends && !row.message.contains("nothing was sent")
      ? "; nothing was sent" : ""
    return FailureReport(
      row.code, row.exit, "\(row.message)\(unsent); \(lifeline)", hint: row.hint)
  }

  /// Whether X may have ended the access token as well.
  fileprivate var mayHaveEndedAccess: Bool {
    switch self {
    case .refused, .refusedBefore, .revocationBegun: true
    case .unusableAnswer(.notOAuth(let status), _, _, _): 400..<500 ~= status
    default: false
    }
  }

  /// Whether it ended a renewal before its request.
  private var isBeforeRequest: Bool {
    switch self {
    case .file, .dotEnv, .cryptography, .notReady, .controlCharacter: true
    default: false
    }
  }

  /// The table, in the order of the cases. A failure of a lower module has its row in the table of
  /// that module.
  private func row(_ asked: RotationCircumstances) -> FailureReport {
    switch self {
    case .file(let failure): failure.report
    case .dotEnv(let failure, let path): failure.report(path: path)
    case .cryptography(let failure): failure.report
    case .notReady(let error): Failure(error).report
    case .controlCharacter(let key, let line):
      SettingsFailure.controlCharacter(
        key == .accessToken ? .accessToken : .refreshToken, .file(line: line)
      ).report
    case .keepsChanging(let path):
      FailureReport(
        "keeps_changing", .temporary, "\(path) was changed again and again during the save",
        hint: "run it again")

    case .noGrant(let path):
      FailureReport(
        "no_token", .loginNeeded, "there is no token in \(path) or the environment",
        hint: "run \(call: "login")")
    case .fileGone(let path, let journal):
      FailureReport(
        "env_file_gone", .settings, "\(path) is gone; its newest tokens are kept in \(journal)",
        hint: "put the file back, from a backup of any age; a login would end those tokens")
    case .noRefreshToken:
      FailureReport(
        "no_refresh_token", .loginNeeded,
        "the access token has to be renewed, but there is no X_OAUTH2_REFRESH_TOKEN",
        hint: "run \(call: "login"), and keep offline.access among the scopes")
    case .refused(let response, nil):
      FailureReport(
        "grant_refused", .loginNeeded, "X refused the refresh token: \(response.quoted)",
        hint:
          "it was used, revoked, or ended by a login of the same app and account; run \(call: "login")"
      )
    case .refused(let response, let kept?):
      FailureReport(
        "grant_refused", .loginNeeded, "X refused the refresh token: \(response.quoted)",
        hint: "\(kept) may hold its successor: look there, then run \(call: "login")")
    case .refusedBefore(let last, let path):
      FailureReport(
        "grant_refused_before", .loginNeeded,
        last.map { "X has refused the refresh token: \($0.refusal(at: asked.now))" }
          ?? "X has refused the refresh token in \(path)",
        hint:
          "it was not sent again; run \(call: "login"), or correct CLIENT_ID if it is another app's"
      )
    case .revocationBegun:
      FailureReport(
        "revocation_begun", .loginNeeded, "a revocation was begun and not confirmed",
        hint: .finishRevoking)
    case .otherAccount(let file, let newest, let path):
      FailureReport(
        "older_account", .loginNeeded,
        "\(path) has an old token of @\(file), the newest \(newest.map { "is @\($0)'s" } ?? "may be another's"); neither was sent",
        hint: "run \(call: "login") as the account that the file is for")
    case .issuedElsewhere(let issuer, let path):
      FailureReport(
        "issued_elsewhere", .settings,
        "the tokens for \(path) came from \(Endpoints.host(of: issuer)), not \(asked.host); they were not sent",
        hint: asked.cure(leadingTo: issuer, in: path))
    case .nothingParked(let path):
      FailureReport(
        "login_ended", .temporary, "another run has ended this login; \(path) was not changed",
        hint: "run \(call: "login") again")
    case .codeRefused(let response):
      FailureReport(
        "code_refused", .loginNeeded, "X refused the authorization code: \(response.quoted)",
        hint: "a code lives 30 seconds and works once; run \(call: "login") again")
    case .clientRefused(let response):
      FailureReport(
        "client_refused", .settings,
        "X rejected the \(response.subject == .client ? "app's credentials" : "request"): "
          + "\(response.quoted); no token was used",
        hint: response.cure(isConfidential: asked.client?.isConfidential == true))

    case .settingsChanged(let path):
      FailureReport(
        "settings_changed", .temporary,
        "CLIENT_ID, server or store in \(path) changed during this run",
        hint: "run it again")
    case .heldUp:
      FailureReport(
        "held_up", .temporary,
        "this run was stopped, or the machine asleep, so the token was not sent; nothing is lost",
        hint: "run it again")
    case .unanswered(let failure, let exchange): failure.report(exchange, asked)
    case .busy(let advice, _):
      FailureReport(
        "rate_limited", .temporary, "\(obstacle(asked)); nothing was changed",
        hint: "run it again in \(advice.wait(from: asked.now))")
    case .unusableAnswer(let reason, .codeExchange, let said, _):
      FailureReport(
        "no_grant_in_answer", .temporary,
        "\(asked.host) answered with \(reason.words(said)); X may or may not have issued tokens",
        hint: loginAgain)
    case .unusableAnswer(.notOAuth(let status), _, let said, _) where 400..<500 ~= status:
      FailureReport(
        "outcome_unknown", .temporary,
        "\(asked.host) refused the renewal with \(status)\(said.map { ": \"\($0)\"" } ?? "")",
        hint: "check the app at https://console.x.com; \(asked.laterRuns)")
    case .unusableAnswer(let reason, _, let said, let kept):
      FailureReport(
        "outcome_unknown", .temporary,
        "\(asked.host) answered with \(reason.words(said)); X may or may not have renewed the token",
        hint: kept.map { "the answer is kept in \($0); \(asked.laterRuns)" }
          ?? "\(asked.laterRuns)")
    case .notConfirmed(let status, let said):
      FailureReport(
        "not_confirmed", .temporary,
        "\(asked.host) did not confirm the revocation (HTTP \(status)\(said.map { ": \"\($0)\"" } ?? ""))",
        hint: "run \(call: "revoke") again")
    case .outcomeStillUnknown(let last, let kept, let again):
      FailureReport(
        "outcome_still_unknown", .temporary,
        last?.words(at: asked.now) ?? "an earlier run was cut off, and may have used the token",
        hint:
          "run it again at \(Times.local(again, now: asked.now)), not before\(kept.map { "; the answer is kept in \($0)" } ?? "")"
      )
    case .halfRevoked(let revoked, _, let reason):
      FailureReport(
        "half_revoked", .temporary,
        "only the \(revoked.phrase) is revoked: \(reason.obstacle(asked))",
        hint: "run \(call: "revoke") again")

    case .notSaved(let reason, nil):
      FailureReport(
        "lost", .notSaved,
        "a new token could not be written, so it is lost: \(reason?.row(asked).message ?? wasChanged)",
        hint: "free space or repair the disk, then run \(call: "login")")
    case .notSaved(nil, let recovery?):
      FailureReport(
        "not_saved", .notSaved, "a new token came, but \(wasChanged), and was left as it is",
        hint: "the new token is in \(recovery) until the next renewal")
    case .notSaved(let reason?, let recovery?):
      FailureReport(
        "not_saved", .notSaved,
        "a new token came but could not be saved: \(reason.row(asked).message)",
        hint: "it is safe in \(recovery): \(reason.cure), and the next run saves it")
    case .notCleared(let reason, let path):
      FailureReport(
        "not_blanked", .settings,
        "can't clear the tokens in \(path): \(reason.row(asked).message)",
        hint: "fix the cause, and the next run clears them")

    case .store(let failure, let place): failure.report(place)
    case .sharedUnusable(let fault, let place): fault.report(place)
    case .otherClient(let client, let place):
      FailureReport(
        "store_other_client", .settings,
        "\(place) holds the tokens of another app, with the CLIENT_ID \(sanitized(client))",
        hint: "correct CLIENT_ID, or set X_OAUTH2_STORE to another place")
    case .otherServer(let issuer, let place):
      FailureReport(
        "store_other_server", .settings,
        "\(place) holds tokens of \(Endpoints.host(of: issuer)), and requests go to \(asked.host)",
        hint: "correct X_API_BASE_URL, or set X_OAUTH2_STORE to another place")
    case .unknownToStore(let place, let path):
      FailureReport(
        "store_other_tokens", .settings,
        "\(path) holds tokens that \(place) doesn't know; neither were sent or changed",
        hint:
          "\(call: "login") replaces both, or \(call: "revoke --local") gives up those in the file")
    case .refusedInStore(let place):
      FailureReport(
        "refused_elsewhere", .loginNeeded,
        "X refused the refresh token in \(place) to another machine, so it was not sent again",
        hint: "run \(call: "login"), on any of the machines")
    case .revokedInStore(let place):
      FailureReport(
        "revoked_elsewhere", .loginNeeded, "the tokens in \(place) were revoked",
        hint: "run \(call: "login"), on any of the machines")
    case .usedElsewhere(let use, let place):
      FailureReport(
        "used_elsewhere", .temporary,
        "\(use.words(at: asked.now)), says \(place), and hasn't finished it",
        hint:
          "if that machine comes back, it carries on by itself; if it is gone for good, run \(call: "login")"
      )
    case .answerElsewhere(let place):
      FailureReport(
        "answer_elsewhere", .temporary,
        "another machine that uses \(place) may have renewed the token and not saved it yet",
        hint:
          "if that machine comes back, it carries on by itself; if it is gone for good, run \(call: "login")"
      )
    case .loginOvertaken(let place, let journal):
      FailureReport(
        "login_overtaken", .temporary,
        "another machine that uses \(place) has logged in since, and its tokens were kept",
        hint: "the tokens of this login are in \(journal) until the next renewal")
    case .successorElsewhere(let use, _):
      FailureReport(
        "successor_elsewhere", .temporary,
        "the tokens are revoked, but \(use.words(at: asked.now)) and may hold newer ones",
        hint: "it revokes them later, or do it at https://x.com/settings/connected_apps")
    case .sharedElsewhere(let place, let path):
      FailureReport(
        "shared_elsewhere", .settings,
        "the tokens in \(path) are shared through \(place), but X_OAUTH2_STORE isn't set",
        hint:
          "set it to \(place), or run \(call: "refresh --force") to leave the other machines without them"
      )
    case .onlyHere(let place, let path):
      FailureReport(
        "only_here", .settings,
        "the newest tokens for \(place) are in \(path) alone; they were not removed",
        hint: "run \(call: "refresh") first, so that the other machines get them")
    case .revokedNotInStore(let reason, _):
      FailureReport(
        "revoked_not_in_store", .temporary,
        "revoked at X, but not in the store: \(reason.row(asked).message)",
        hint: "run \(call: "revoke") again, so that the other machines learn of it")
    case .notInStore(let reason, let journal, let path):
      FailureReport(
        "not_in_store", .notSaved,
        "the new token is in \(path), but not in the store: \(reason.row(asked).message)",
        hint:
          "it is safe in \(journal) too, and the next run stores it; until then other machines can't renew"
      )
    }
  }

  /// What is in the way, where something else has been done.
  private func obstacle(_ asked: RotationCircumstances) -> String {
    guard case .busy(_, let status) = self else { return report(asked).message }
    return
      "\(asked.host) is \(status == 429 ? "rate limiting requests" : "unavailable (\(status))")"
  }

  /// What makes a save possible again.
  private var cure: String {
    switch self {
    case .file(.notFound): "put the file back as it was"
    case .file(.changedKind(let path)): "put the file itself back at \(path)"
    default: "fix the cause"
    }
  }
}

extension SharedUse {
  /// Who has begun what, and when.
  func words(at now: Int) -> String {
    let what =
      switch kind {
      case .renewal: "a renewal"
      case .login: "a login"
      case .revocation: "a revocation"
      case .restoration: "to restore the newest tokens"
      }
    return
      "\(host.isEmpty ? "another machine" : host) began \(what) at \(Times.local(begun, now: now))"
  }
}

extension StoreFailure {
  fileprivate func report(_ place: String) -> FailureReport {
    switch self {
    case .unknown(let reason), .notSent(let reason):
      FailureReport(
        "store_unreachable", .temporary, "can't reach \(place): \(sanitized(reason))",
        hint: "later runs try again")
    case .notAllowed(let reason):
      FailureReport(
        "store_denied", .settings, "\(place) denied access: \(sanitized(reason))",
        hint: "check the credentials in the environment, and what they permit")
    case .noSuchPlace(let cure):
      FailureReport("store_missing", .settings, "\(place) doesn't exist", hint: "\(cure)")
    case .foreignData: SharedGrantFault.foreign.report(place)
    case .settings(let reason):
      FailureReport(
        "store_settings", .settings, "\(place) can't be used: \(sanitized(reason))",
        hint: "correct the setting")
    }
  }
}

extension SharedGrantFault {
  fileprivate func report(_ place: String) -> FailureReport {
    switch self {
    case .foreign:
      FailureReport(
        "store_foreign", .settings,
        "\(place) holds something that xauth didn't write; it was not changed",
        hint: "set X_OAUTH2_STORE to a place of its own")
    case .newer(let version):
      FailureReport(
        "store_newer", .settings,
        "\(place) was written by a newer xauth (version \(version) of the format); it was not changed",
        hint: "update xauth on this machine")
    case .damaged:
      FailureReport(
        "store_damaged", .settings,
        "\(place) holds tokens that can't be read; it was not changed",
        hint: "restore it from a backup, or empty it and run \(call: "login")")
    }
  }
}

extension Unanswered {
  /// The cause, and what became of what the request presented: a refresh token and a code work once.
  fileprivate func report(
    _ exchange: RotationFailure.Exchange, _ asked: RotationCircumstances
  ) -> FailureReport {
    let cause = Failure(cause).report
    return switch (exchange, mayHaveReachedServer) {
    case (.revocation, _), (.codeExchange, false): cause
    case (.refresh, false):
      FailureReport(
        cause.code, cause.exit, "\(cause.message); nothing was sent",
        hint: cause.hint == HTTPFailure.later
          ? "later runs try again, or \(call: "refresh") does at once" : cause.hint)
    case (.refresh, true):
      FailureReport(
        cause.code, .temporary, "\(cause.message); X may or may not have renewed the token",
        hint: "\(asked.laterRuns)")
    case (.codeExchange, true):
      FailureReport(
        cause.code, .temporary, "\(cause.message); X may or may not have issued tokens",
        hint: loginAgain)
    }
  }
}

extension FailedRenewal {
  /// How X refused it, and when.
  fileprivate func refusal(at now: Int) -> String {
    let time = Times.local(time, now: now)
    guard case .answered(let status, let reason) = outcome else { return time }
    return "\(status) at \(time)\(reason.map { ", \"\($0)\"" } ?? "")"
  }
}

extension ErrorResponse {
  /// The server's description of the error, in quotes; its code if there is none.
  var quoted: String { "\"\(errorDescription ?? code)\"" }

  /// What to do about a client that X refuses.
  fileprivate func cure(isConfidential: Bool) -> Hint {
    switch subject {
    case .client where isConfidential:
      "check CLIENT_ID and CLIENT_SECRET at https://console.x.com; a \"Native App\" has no secret"
    case .client:
      "check CLIENT_ID at https://console.x.com; a \"Web App\" needs CLIENT_SECRET too"
    case .redirectURI:
      "register the callback URL that \(call: "show --verbose") prints at https://console.x.com"
    case .scope: "check X_OAUTH2_SCOPES and the app's permissions at https://console.x.com"
    case .token, .authorizationCode, .codeVerifier, .missingParameter, .other:
      "check the app's settings at https://console.x.com"
    }
  }
}

extension TokenAnswer.Reason {
  /// The reason, to follow "answered with", and what the server `said`.
  fileprivate func words(_ said: String?) -> String {
    let quoted = said.map { ": \"\($0)\"" } ?? ""
    return switch self {
    case .notOAuth(let status) where 200..<300 ~= status && said == nil: "\(status) and no tokens"
    case .serverFault(let status), .notOAuth(let status): "\(status)\(quoted)"
    case .noAccessToken: "no access token"
    case .unusableToken: "an unusable token"
    case .unusableTokenType: "a token of another type"
    }
  }
}

extension RetryAdvice? {
  /// How long to wait from `now` on, to follow "in".
  fileprivate func wait(from now: Int) -> String {
    guard let seconds = self?.seconds(from: now) else { return "a few minutes" }
    return seconds > 0 ? Spans.words(seconds) : "a moment"
  }
}

extension TokenTypeHint {
  fileprivate var phrase: String {
    switch self {
    case .accessToken: "access token"
    case .refreshToken: "refresh token"
    }
  }
}
