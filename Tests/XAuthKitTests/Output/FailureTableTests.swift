import Callback
import CommandTable
import DotEnv
import DurableFile
import HTTP
import Testing

@testable import OAuth
@testable import XAuthKit

@Suite("The failure tables: what is said, and what the exit code is")
struct FailureTableTests {
  private static let path = "/srv/app/.env"
  private static let setting = Setting(name: .callbackHost, text: "h", source: .environment)
  private static let response = ErrorResponse(
    ErrorBodies.invalidToken, presented: .token, withholding: [])
  private static let client = ClientCredentials(id: "app", secret: Secret("hidden-secret"))

  private static let settings: [SettingsFailure] = [
    .noClientID(path: path, fileExists: true), .noClientID(path: path, fileExists: false),
    .fileNotNamed(path: path), .noFileToRevoke(path: path), .noWorkingFolder,
    .notUTF8(.scopes, line: 3, path: path),
    .environmentNotUTF8(.clientID),
    .controlCharacter(.clientSecret, .file(line: 2)), .outOfRange(setting, 1...2),
    .timeoutOutOfRange(setting), .noScopes(setting), .unknownScheme(setting),
    .certificateWithoutTLS(setting),
    .halfOfTLS(Setting(name: .keyFile, text: "k", source: .standard)), .endpointNotURL(setting),
    .endpointNotSecure(setting), .endpointFromElsewhere(setting), .rotationInCI, .noStore,
    .noShell("/bin/sh"), .hookUnreadable, .hookNotFound("notify"), .pasteWithoutTerminal,
    .contradiction("--local", "--access-only"),
  ]

  private static let files: [FileFailure] = [
    .notFound(path: path), .folderMissing(path: path), .notAFolder(path: path),
    .isFolder(path: path), .isSpecial(path: path), .danglingLink(path: path, target: "/none/x"),
    .linkLoop(path: path), .tooLarge(path: path, size: 1 << 30, limit: 1 << 24),
    .notReadable(path: path, errno: 13), .notWritable(path: path, errno: 13),
    .ownerForbidsWriting(path: path, mode: 0o400), .folderNotWritable(path: path, errno: 13),
    .readOnlyFileSystem(path: path), .immutable(path: path), .appendOnly(path: path),
    .notOwner(path: path, owner: 1000), .untrusted(path: path, owner: 1000),
    .untrustedMode(path: path, mode: 0o777), .noSpace(path: path), .quota(path: path),
    .noStateFolder(path: path, errno: 13), .noStateHome(path: path, errno: 13),
    .stateNotAFolder(path: path), .stateFolderUnsafe(path: path, owner: 1, mode: 0o777),
    .lockTimedOut(path: path, seconds: 30), .cannotLock(path: path, errno: 37),
    .replacedOutside(path: path), .changedKind(path: path),
    .journalRemoved(path: path), .journalDamaged(path: path), .journalNewer(path: path, version: 9),
    .journalRecordTooLarge(count: 2, capacity: 1),
    .system(operation: "fsync", path: path, errno: 5),
  ]

  private static let logins: [LoginFailure] = [
    .noGrant(path: path), .noRefreshToken, .refused(response), .refusedBefore(path: path),
    .spentInEnvironment(journal: path),
    .revocationBegun, .denied(error: "access_denied", description: "The user said no"),
    .denied(error: "access_denied", description: nil),
    .timedOut(seconds: 300, redirect: "http://127.0.0.1:8976/oauth/callback"),
    .codeRefused(response), .declined, .nothingPasted,
  ]

  private static let reasons: [TokenAnswer.Reason] = [
    .serverFault(status: 502), .notOAuth(status: 200), .noAccessToken, .unusableToken,
    .unusableTokenType,
  ]

  private static let temporaries: [TemporaryFailure] =
    reasons.flatMap {
      [.unusableAnswer($0, host: "api.x.com"), .noGrantInAnswer($0, host: "api.x.com")]
    } + [
      .busy(.after(seconds: 90), host: "api.x.com", now: 0), .busy(nil, host: "api.x.com", now: 0),
      .notConfirmed(status: 500, host: "api.x.com"),
      .outcomeStillUnknown(since: nil, tryingAgainAt: 1_800_000_300, now: 1_800_000_100),
      .outcomeStillUnknown(since: 1_800_000_000, tryingAgainAt: 1_800_000_300, now: 1_800_000_100),
      .keepsChanging(path: path),
      .halfRevoked(revoked: "refresh token", left: "access token", reason: "it was busy"),
    ]

  private static let causes: [HTTPFailure.Cause] = [
    .noSuchHost, .refused, .unreachable, .connectTimedOut(seconds: 6), .timedOut(seconds: 12),
    .certificateExpired, .certificateNotYetValid, .certificateNotTrusted,
    .certificateForAnotherHost, .tlsFailed, .proxyFailed, .connectionLost, .tooLarge(limit: 1),
    .notHTTP, .unsupportedURL, .caFileUnreadable(path: path), .other,
  ]

  private static let network: [Failure] = causes.flatMap { cause in
    [Failure.Spent.no, .unknown, .codeUnknown, .nothingToSpend].map {
      Failure.network(
        HTTPFailure(
          host: "api.x.com", cause: cause,
          mayHaveReachedServer: $0 == .unknown || $0 == .codeUnknown, detail: "detail"),
        spent: $0)
    }
  }

  private static let callback: [Failure] =
    [
      RedirectURIFailure.malformedHost("h"), .malformedPath("p"),
      .needsHTTPS(host: "h"),
    ].map(Failure.redirect)
    + [
      TLSIdentityFailure.notReadable(path: path, errno: 2), .notAFile(path: path),
      .notPEM(path: path), .encryptedKey(path: path), .keyMismatch(certificate: path, key: path),
      .keyReadableByOthers(path: path, mode: 0o644), .wrongHost(host: "h", names: ["a", "b"]),
      .wrongHost(host: "h", names: []), .wrongHost(host: "127.0.0.1", names: ["127.0.0.1"]),
      .expired(notAfter: 1_700_000_000),
      .notYetValid(notBefore: 1_900_000_000), .notForServers,
      .unacceptable(path: path, reason: "weak key"), .libraryUnavailable(reason: "gone"),
      .libraryUnsuitable(reason: "no protocols available"),
    ].map(Failure.certificate) + listeners

  private static func listener(
    _ failure: ListenFailure, _ scheme: RedirectURI.Scheme = .http,
    listen source: SettingSource = .environment
  ) -> Failure {
    guard
      let redirect = try? RedirectURI(scheme: scheme, host: "localhost", port: 8976, path: "/cb")
    else { preconditionFailure("no redirect target") }
    let listen = Setting(name: .callbackListen, text: "l", source: source)
    return .listener(
      failure, CallbackSettings(redirect: redirect, listen: listen, tls: nil, timeout: 300))
  }

  private static let listeners: [Failure] = [
    ListenFailure.portInUse(address: "127.0.0.1", port: 8976),
    .notAllowed(address: "127.0.0.1", port: 80), .addressNotHere(address: "192.0.2.1"),
    .noSuchHost("h"), .malformedListen("l"), .system(call: "bind", errno: 1),
  ].flatMap { [listener($0), listener($0, .https)] }

  /// What is another failure on the command line.
  private static let options: [Failure] = {
    let timeout = Setting(name: .callbackTimeout, text: "2d", source: .flag("timeout"))
    let scopes = Setting(name: .scopes, text: ",", source: .flag("scopes"))
    return [
      .settings(.timeoutOutOfRange(timeout)), .settings(.noScopes(scopes)),
      listener(.malformedListen("l"), listen: .flag("listen")),
    ]
  }()

  private static let scripts: [Failure] =
    [ExportFailure.notSet(.clientID), .terminal, .noGitHubEnvironment].map(Failure.export)
    + ([
      .incompleteOAuth1(missing: [.oauth1ConsumerKey, .oauth1AccessToken]), .notNameAndValue,
      .notMethod("m"), .notPlainURL(.notHTTP), .notPlainURL(.noHost),
      .notPlainURL(.userInformation), .notPlainURL(.port), .notPlainURL(.unencodedCharacter),
    ] as [HeaderFailure]).map(Failure.header)

  private static let programs: [Failure] = [
    .program(ProgramNotStarted(name: "x", errno: 2)),
    .program(ProgramNotStarted(name: "x", errno: 13)),
  ]

  private static let saves: [Failure] = [
    .notSaved(.anotherGrantInFile, recovery: path),
    .notSaved(.because(.file(.noSpace(path: path))), recovery: path),
    .notSaved(.because(.file(.notFound(path: path))), recovery: path),
    .notSaved(.because(.file(.noSpace(path: path))), recovery: nil),
    .notSaved(.because(.hook(.failed(.exited(1)))), recovery: path),
    .notBlanked(.file(.noSpace(path: path)), path: path),
  ]

  private static let hooks: [Failure] = [
    .hook(.failed(.exited(7))), .hook(.failed(.signalled(9))), .hook(.failed(.timedOut)),
    .hook(.failed(.unknown)), .hook(.cannotStart(errno: 2)),
  ]

  private static let others: [Failure] = [
    .client(response, client), .client(response, ClientCredentials(id: "app", secret: nil)),
    .library(.curl(reason: "gone")), .library(.openSSL(reason: "gone")),
    .library(.openSSLUnsuitable(reason: "it offers no SHA-256")), .outputClosed(errno: 28),
    .outputClosed(errno: 32, done: "the tokens were renewed and are saved"),
    .unexpected("something"), .dotEnv(.unquotable(key: "CLIENT_ID"), path: path),
    .dotEnv(.invalidKey("A B"), path: path),
    .dotEnv(.openQuote(key: "CLIENT_ID", line: 3), path: path),
    .dotEnv(.notReadBack(key: "CLIENT_ID"), path: path),
  ]

  static let all: [FailureReport] =
    (settings.map(Failure.settings) + files.map(Failure.file) + logins.map(Failure.login)
    + temporaries.map(Failure.temporary) + network + callback + options + saves + hooks + scripts
    + programs + others)
    .map(\.report)

  @Test("every message is one line without a full stop, and so is every hint")
  func lines() {
    for report in Self.all {
      for text in [report.message, report.spokenHint].compactMap({ $0 }) {
        #expect(!text.isEmpty)
        #expect(!text.contains { $0.isNewline })
        #expect(!text.hasSuffix("."))
        #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F })
      }
    }
  }

  @Test("no message shows how it is made, or a secret")
  func insides() {
    let traces = [
      "Optional(", "nil", "Failure", "XAuthKit", "(path:", "errno", "‹redacted›", "hidden-secret",
    ]
    for report in Self.all {
      for trace in traces {
        #expect(!report.message.contains(trace), "\(report.code)")
        #expect(report.spokenHint?.contains(trace) != true, "\(report.code)")
      }
    }
  }

  @Test("codes are names that programs can rely on")
  func codes() {
    for report in Self.all {
      #expect(report.code.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "_") })
      #expect(!["file", "settings", "tls"].contains(report.code), "\(report.message)")
    }
  }

  @Test("every failure but a person's own decision has a way out")
  func hints() {
    let without = Set(Self.all.filter { $0.hint == nil }.map(\.code))
    #expect(
      without.isSubset(of: [
        "declined", "output_closed", "unexpected", "invalid_key",
        "journal_record_too_large",
      ]))
  }

  @Test("a call of ours in a hint is named as the program was called, and can be made")
  func calls() throws {
    let tool = Tool.xauth(named: "x-auth")
    var calls: Set<String> = []
    for report in Self.all {
      #expect(!report.message.contains("run login"), "\(report.code)")
      let parts = (report.spokenHint ?? "").split(separator: "`", omittingEmptySubsequences: false)
      for (index, part) in parts.enumerated() {
        if index % 2 == 1 {
          calls.insert(String(part))
        } else {
          for command in tool.commands {
            #expect(!part.contains("run \(command.name)"), "\(report.code)")
          }
        }
      }
    }
    #expect(calls.count > 3)
    for call in calls {
      let words = call.split(separator: " ").map(String.init)
      #expect(words.first == "x-auth")
      _ = try tool.parse(Array(words.dropFirst()))
    }
  }

  @Test("a call in a hint names the file that this one named, as a shell takes it")
  func file() {
    let hint: Hint = "run \(call: "login") again"
    #expect(
      hint.text(tool: "x-auth", file: "/srv/.env")
        == "run `x-auth login --env-file /srv/.env` again")
    #expect(
      hint.text(tool: "xauth", file: "my .env") == "run `xauth login --env-file 'my .env'` again")
  }

  @Test("settings and files are 4, a person is 3, the network 75, a lost save 5, a hook 1")
  func exits() {
    let usage: Set = ["contradiction", "paste_without_terminal"]
    for failure in Self.settings {
      let report = failure.report
      #expect(report.exit == (usage.contains(report.code) ? .usage : .settings))
    }
    let waiting: Set = ["lock_timed_out", "changed_kind"]
    for failure in Self.files where failure.report.code != "journal_record_too_large" {
      let report = failure.report
      #expect(report.exit == (waiting.contains(report.code) ? .temporary : .settings))
    }
    #expect(Self.logins.allSatisfy { $0.report.exit == .loginNeeded })
    #expect(Self.temporaries.allSatisfy { $0.report.exit == .temporary })
    #expect(Self.callback.allSatisfy { $0.report.exit == .settings })
    #expect(Self.options.allSatisfy { $0.report.exit == .usage })
    #expect(Self.hooks.allSatisfy { $0.report.exit == .unexpected })
    #expect(Self.scripts.allSatisfy { [.settings, .usage].contains($0.report.exit) })
    #expect(Self.programs.map(\.report.exit) == [.commandNotFound, .cannotExecute])
    #expect(Self.saves.dropLast().allSatisfy { $0.report.exit == .notSaved })
    #expect(Self.saves.last?.report.exit == .settings)
    #expect(Failure.client(Self.response, Self.client).report.exit == .settings)
  }

  @Test("whatever the cause, an unknown outcome is temporary and says so")
  func unknownOutcome() {
    for cause in Self.causes {
      let failure = HTTPFailure(
        host: "api.x.com", cause: cause, mayHaveReachedServer: true, detail: "")
      let report = Failure.network(failure, spent: .unknown).report
      #expect(report.exit == .temporary)
      #expect(report.message.contains("nobody can tell whether the token was renewed"))
    }
  }

  @Test("a port that is taken: behind a proxy the redirect URI stays as it is registered")
  func proxiedPort() {
    let failure = ListenFailure.portInUse(address: "127.0.0.1", port: 8976)
    #expect(
      Self.listener(failure, .https).report.spokenHint?
        .contains("the redirect URI stays https://localhost:8976/cb") == true)
    #expect(Self.listener(failure).report.spokenHint?.contains("register that URL too") == true)
  }

  @Test("a client that is refused for its redirect URI is told which one to register")
  func refusedRedirect() {
    let response = ErrorResponse(
      ErrorBodies.redirect, presented: .authorizationCode, withholding: [])
    let failure = Failure.client(response, Self.client)
    #expect(failure.report.spokenHint?.contains("callback URL that `x-auth show` prints") == true)
  }

  @Test("who takes no more requests says when to come back, if that is known")
  func busy() {
    for (advice, words) in [
      (RetryAdvice.after(seconds: 90), "in 1 min 30 s"), (.after(seconds: 0), "in a moment"),
      (.at(epochSeconds: 0), "in a moment"), (nil, "in a few minutes"),
    ] {
      let failure = TemporaryFailure.busy(advice, host: "api.x.com", now: 0)
      #expect(failure.report.spokenHint == "run it again \(words)")
    }
  }

  @Test("only what is temporary is retryable")
  func retryable() {
    for report in Self.all { #expect(report.isRetryable == (report.exit == .temporary)) }
  }

  @Test("what a server or a file says can't write on the terminal")
  func hostile() {
    let hostile = "\u{1B}[2J\nxauth: signed in\u{7}"
    let setting = Setting(name: .callbackHost, text: hostile, source: .environment)
    let reports = [
      LoginFailure.denied(error: "e", description: hostile).report,
      SettingsFailure.unknownScheme(setting).report,
      SettingsFailure.endpointFromElsewhere(setting).report,
      RedirectURIFailure.malformedHost(hostile).report,
      RedirectURIFailure.malformedPath(hostile).report,
    ]
    for report in reports {
      #expect(report.message.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F })
    }
  }
}

extension FailureReport {
  /// The hint of a program that was called `x-auth`.
  fileprivate var spokenHint: String? { hint?.text(tool: "x-auth") }
}

private enum ErrorBodies {
  static let invalidToken = body("Value passed for the token was invalid.")
  static let redirect = body("Value passed for the redirect uri did not match.")

  private static func body(_ description: String) -> ErrorBody {
    let answer = ServerAnswer(
      400, #"{"error":"invalid_request","error_description":"\#(description)"}"#)
    guard let body = answer.json(ErrorBody.self) else { preconditionFailure("not an error body") }
    return body
  }
}
