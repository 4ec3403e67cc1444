import Callback
import CommandTable
import DotEnv
import DurableFile
import Glibc
import HTTP

@testable import OAuth
@testable import Rotation
@testable import XAuthTool

/// At least one failure for every row of the tables, which `errors.txt` lists. `FailureTableTests`
/// looks for the rows in the sources, so that none can be forgotten here.
enum EveryFailure {
  static let path = "/srv/app/.env"
  static let setting = Setting(name: .callbackHost, text: "h", source: .environment)
  static let store = Setting(name: .store, text: "etcd:a/../b", source: .environment)
  static let response = ErrorResponse(
    ErrorBodies.invalidToken, presented: .token, withholding: [])
  static let client = ClientCredentials(id: "app", secret: Secret("hidden-secret"))

  static let settings: [SettingsFailure] =
    [
      .noClientID(path: path, fileExists: true), .noClientID(path: path, fileExists: false),
      .fileNotNamed(path: path), .noFileToRevoke(path: path), .noWorkingFolder,
      .notUTF8(.scopes, line: 3, path: path),
      .environmentNotUTF8(.clientID),
      .controlCharacter(.clientSecret, .file(line: 2)),
      .empty([.clientID], inCI: false), .empty(SettingName.tokens, inCI: true),
      .noAuthorities(folder: "/certs"), .outOfRange(setting, 1...2),
      .timeoutOutOfRange(setting), .noScopes(setting), .unknownScheme(setting),
      .certificateWithoutTLS(setting),
      .halfOfTLS(Setting(name: .keyFile, text: "k", source: .standard)), .endpointNotURL(setting),
      .endpointNotSecure(setting), .endpointFromElsewhere(setting), .rotationInCI, .noStore,
      .noShell("/bin/sh"), .hookUnreadable, .hookNotFound("notify"), .pasteWithoutTerminal,
      .contradiction("--listen", "--paste"),
      .onlyWith("--restart", "--grace"), .notAnAccount("b c"),
      .notAPlace(store), .storeName(store), .storeCommandInFile(store),
      .storeUnconfirmed(store, path: path),
    ] + ValueFault.allCases.map { .impossible(.clientSecret, .file(line: 2), $0) }

  static let files: [FileFailure] = [
    .notFound(path: path), .folderMissing(path: path), .notAFolder(path: path),
    .isFolder(path: path), .isSpecial(path: path), .danglingLink(path: path, target: "/none/x"),
    .linkLoop(path: path), .tooLarge(path: path, size: 1 << 30, limit: 1 << 24),
    .notReadable(path: path, errno: 13), .notWritable(path: path, errno: 13),
    .ownerForbidsWriting(path: path, mode: 0o400), .folderNotWritable(path: path, errno: 13),
    .readOnlyFileSystem(path: path), .immutable(path: path), .appendOnly(path: path),
    .notOwner(path: path, owner: 1000), .leadsElsewhere(path: path, owner: 1000),
    .leadsElsewhere(path: path, owner: nil), .untrusted(path: path, owner: 1000),
    .untrustedMode(path: path, mode: 0o777), .noSpace(path: path), .quota(path: path),
    .noStateFolder(path: path, errno: 13), .noStateFolder(path: path, errno: 1),
    .noStateHome(path: path, errno: 13),
    .stateNotAFolder(path: path), .stateFolderUnsafe(path: path, owner: 1, mode: 0o777),
    .stateBehindLink(path: path, owner: 1000),
    .lockTimedOut(path: path, seconds: 30), .cannotLock(path: path, errno: 37),
    .replacedOutside(path: path), .changedKind(path: path),
    .stateAtLink(folder: "\(path).xauth", link: path, path: "\(path).real"),
    .journalRemoved(path: path), .journalDamaged(path: path), .journalNewer(path: path, version: 9),
    .journalRecordTooLarge(count: 2, capacity: 1),
    .system(operation: "fsync", path: path, errno: 5),
    .system(operation: "open", path: path, errno: EMFILE),
    .system(operation: "open", path: path, errno: ENFILE),
    .system(operation: "pwrite", path: path, errno: EFBIG),
  ]

  static let logins: [LoginFailure] =
    [
      .spentInEnvironment(journal: path),
      .denied(error: "access_denied", description: "The user said no"),
      .denied(error: "access_denied", description: nil),
      .declined, .nothingPasted,
      .otherAccount("b", wanted: "a", isRevoked: true),
      .otherAccount("b", wanted: "a", isRevoked: false),
      .accountNotConfirmed("b", known: "a", path: path, isRevoked: true),
      .renewedOther("b", wanted: "a", path: path),
      .namesake("a", path: path, isRevoked: true),
      .accountUnknown(known: nil, journal: path),
      .accountUnknown(known: "a", journal: path),
    ]
    + ([
      nil, .certificate, .scheme, .host, .otherLogin, .noBrowser,
      .elsewhere(command: "ssh -L 8976:127.0.0.1:8976 me@box"),
    ] as [LoginFailure.Obstacle?]).map {
      .timedOut(seconds: 300, redirect: "http://127.0.0.1:8976/oauth/callback", $0)
    }

  /// Errors that X can send the browser back with, apart from a person's own decision.
  static let denials: [LoginFailure] = [
    "invalid_scope", "invalid_request", "unauthorized_client", "unsupported_response_type",
    "server_error", "temporarily_unavailable", "something_new",
  ].map { .denied(error: $0, description: "what X says") }

  static let failed = FailedRenewal(
    time: 1_800_000_000, command: "refresh",
    outcome: .answered(status: 403, reason: "This application has been suspended"))

  static let reasons: [TokenAnswer.Reason] = [
    .serverFault(status: 502), .notOAuth(status: 200), .noAccessToken, .unusableToken,
    .unusableTokenType,
  ]

  /// Failures of a rotation, in the order of their table.
  static let rotations: [RotationFailure] =
    [
      .controlCharacter(.accessToken, line: 3), .controlCharacter(.refreshToken, line: 3),
      .keepsChanging(path: path), .fileGone(path: path, journal: path), .noGrant(path: path),
      .noRefreshToken,
      .refused(response, kept: nil), .refused(response, kept: path),
      .refusedBefore(nil, path: path),
      .refusedBefore(failed, path: path),
      .otherAccount(file: "b", newest: "a", path: path),
      .otherAccount(file: "b", newest: nil, path: path),
      .issuedElsewhere(by: "https://api.x.com", path: path), .settingsChanged(path: path),
      .nothingParked(path: path), .heldUp,
      .revocationBegun, .codeRefused(response), .clientRefused(response),
      .busy(.after(seconds: 90)), .busy(nil), .notConfirmed(status: 500, said: nil),
      .outcomeStillUnknown(nil, kept: nil, tryingAgainAt: 1_800_000_300),
      .outcomeStillUnknown(failed, kept: path, tryingAgainAt: 1_800_000_300),
      .halfRevoked(revoked: .refreshToken, left: .accessToken, reason: .busy(nil)),
      .notSaved(reason: nil, recovery: path), .notSaved(reason: nil, recovery: nil),
      .notSaved(reason: .file(.noSpace(path: path)), recovery: path),
      .notSaved(reason: .file(.noSpace(path: path)), recovery: nil),
      .notSaved(reason: .file(.notFound(path: path)), recovery: path),
      .notCleared(reason: .file(.noSpace(path: path)), path: path),
    ]
    + reasons.flatMap {
      [
        .unusableAnswer($0, .refresh, said: "Out of order", kept: nil),
        .unusableAnswer($0, .refresh, said: nil, kept: path),
        .unusableAnswer($0, .codeExchange, said: nil, kept: nil),
      ]
    }
    + causes.flatMap { cause in
      [(.refresh, false), (.refresh, true), (.codeExchange, true), (.revocation, true)].map {
        unanswered(cause, $0, mayHaveReachedServer: $1)
      }
    }
    + shared

  static let place = "etcd:x-token"

  /// Those of a grant that several machines share.
  static let shared: [RotationFailure] =
    [
      StoreFailure.unknown(reason: "timed out"), .notSent(reason: "connection refused"),
      .notAllowed(reason: "permission denied"), .noSuchPlace(hint: "make it"), .foreignData,
      .settings(reason: "VAULT_ADDR isn't set"),
    ].map { .store($0, place: place) }
    + [SharedGrantFault.foreign, .newer(version: 9), .damaged].map {
      .sharedUnusable($0, place: place)
    }
    + [
      .otherClient("b", place: place), .unknownToStore(place: place, path: path),
      .refusedInStore(place: place), .revokedInStore(place: place),
      .usedElsewhere(use, place: place), .answerElsewhere(place: place),
      .loginOvertaken(place: place, journal: path), .successorElsewhere(use, place: place),
      .sharedElsewhere(place: place, path: path), .onlyHere(place: place, path: path),
      .otherServer("https://api.x.com", place: place),
      .revokedNotInStore(
        reason: .store(.unknown(reason: "no answer in time"), place: place), place: place),
      .notInStore(
        reason: .store(.unknown(reason: "timed out"), place: place), journal: path, path: path),
    ]
  private static let use = SharedUse(kind: .renewal, host: "web-2", begun: 1_800_000_000)

  static func unanswered(
    _ cause: HTTPFailure.Cause, _ exchange: RotationFailure.Exchange, mayHaveReachedServer: Bool
  ) -> RotationFailure {
    let failure = HTTPFailure(
      host: "api.x.com", cause: cause, mayHaveReachedServer: mayHaveReachedServer, detail: "detail")
    return .unanswered(
      Unanswered(mayHaveReachedServer: mayHaveReachedServer, cause: failure), exchange)
  }

  /// A failure of a rotation that `client` asked X for.
  static func rotation(
    _ failure: RotationFailure, by client: ClientCredentials? = client
  ) -> Failure {
    .rotation(failure, .init(host: "api.x.com", client: client, now: 1_800_000_100))
  }

  static let causes: [HTTPFailure.Cause] = [
    .noSuchHost, .refused, .unreachable, .connectTimedOut(seconds: 6), .timedOut(seconds: 12),
    .certificateExpired, .certificateNotYetValid, .certificateNotTrusted,
    .certificateForAnotherHost, .tlsFailed, .proxyFailed, .connectionLost,
    .proxyMalformed(variable: "https_proxy"), .proxyRefused(status: 403),
    .proxyRefused(status: 502), .notConnected(errno: EPERM), .notConnected(errno: EMFILE),
    .proxyWantsLogin(variable: "https_proxy", hasLogin: false, takesPassword: true),
    .proxyWantsLogin(variable: "https_proxy", hasLogin: true, takesPassword: true),
    .proxyWantsLogin(variable: "https_proxy", hasLogin: true, takesPassword: false),
    .tooLarge(limit: 1),
    .notHTTP, .unsupportedURL, .caFileUnreadable(path: path), .other,
  ]

  static let callback: [Failure] =
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

  static func listener(
    _ failure: ListenFailure, _ scheme: RedirectURI.Scheme = .http,
    listen source: SettingSource? = nil
  ) -> Failure {
    guard
      let redirect = try? RedirectURI(scheme: scheme, host: "localhost", port: 8976, path: "/cb")
    else { preconditionFailure("no redirect target") }
    let listen = source.map { Setting(name: .callbackListen, text: "l", source: $0) }
    return .listener(
      failure, CallbackSettings(redirect: redirect, listen: listen, tls: nil, timeout: 300))
  }

  static let listeners: [Failure] = [
    ListenFailure.portInUse(address: "127.0.0.1", port: 8976),
    .notAllowed(address: "127.0.0.1", port: 80), .addressNotHere(address: "192.0.2.1"),
    .noSuchHost("h"), .malformedListen("l"), .system(call: "bind", errno: 1),
  ].flatMap { [listener($0), listener($0, .https), listener($0, listen: .environment)] }

  /// What is a usage error on the command line and a wrong setting elsewhere.
  static let options: [Failure] = {
    let timeout = Setting(name: .callbackTimeout, text: "2d", source: .flag("timeout"))
    let scopes = Setting(name: .scopes, text: ",", source: .flag("scopes"))
    return [
      .settings(.timeoutOutOfRange(timeout)), .settings(.noScopes(scopes)),
      listener(.malformedListen("l"), listen: .flag("listen")),
      listener(.noSuchHost("l"), listen: .flag("listen")),
    ]
  }()

  static let scripts: [Failure] =
    [ExportFailure.notSet(.clientID), .terminal, .noGitHubEnvironment].map(Failure.export)
    + ([
      .incompleteOAuth1(missing: [.oauth1ConsumerKey, .oauth1AccessToken]), .notNameAndValue,
      .notMethod("m"), .notPlainURL(.notHTTP), .notPlainURL(.noHost),
      .notPlainURL(.userInformation), .notPlainURL(.port), .notPlainURL(.unencodedCharacter),
      .notSecureURL, .oauth2TokenMisplaced(.file(line: 2)),
    ] as [HeaderFailure]).map(Failure.header)

  static let serving: [Failure] =
    ([
      .notURL("api.x.com"), .notSecure("http://api.x.com"),
      .proxy(.cantListen(.portInUse(address: "127.0.0.1", port: 8979)), port: 8979),
      .proxy(.cantListen(.notAllowed(address: "127.0.0.1", port: 80)), port: 80),
      .proxy(.cantListen(.system(call: "bind", errno: 99)), port: 8979),
      .proxy(.malformedUpstream, port: 0), .proxy(.ownUpstream, port: 0), .restartWithPipedInput,
      .notVariable("A=B"),
      .noThread,
    ] as [ServingFailure]).map(Failure.serving)

  static let follows: [Failure] =
    ([
      .refreshTokenHere(path: path), .refreshTokenHere(path: nil), .loginHere, .revocationHere,
      .failed(.exited(255), said: "no route to host"), .failed(.exited(127), said: ""),
      .failed(.timedOut, said: ""), .cannotStart(errno: 2), .tooMuch(limit: 65536),
      .missing(.expiresAt), .unusable(.accessToken, reason: "is too long"),
      .expired(at: 1_800_000_000, now: 1_800_000_060), .impossibleExpiry,
      .tooShort(left: 540, needed: 4500),
    ] as [FollowFailure]).map(Failure.follow)

  static let programs: [Failure] = [
    .program(ProgramNotStarted(name: "x", errno: 2)),
    .program(ProgramNotStarted(name: "x", errno: 13)),
  ]

  static let hooks: [Failure] = [
    .hook(.failed(.exited(7))), .hook(.failed(.signalled(9))), .hook(.failed(.timedOut)),
    .hook(.failed(.unknown)), .hook(.cannotStart(errno: 2)),
  ]

  static let others: [Failure] = [
    .hook(.anotherIsRunning(seconds: 189)), .login(.handedOn),
    rotation(.clientRefused(response), by: ClientCredentials(id: "app", secret: nil)),
    .notStored(.hook(.failed(.exited(1))), recovery: path, inCI: false),
    .notStored(.hook(.failed(.timedOut)), recovery: path, inCI: true),
    .notStored(.file(.noSpace(path: path)), recovery: path, inCI: true), .noAccessToken(path: path),
    .curl(HTTPLibraryUnavailable(reason: "gone", isLibraryFound: false)),
    .curl(HTTPLibraryUnavailable(reason: "7.74.0 is too old", isLibraryFound: true)),
    .cryptography(CryptographyUnavailable(reason: "gone", isLibraryLoaded: false)),
    .cryptography(CryptographyUnavailable(reason: "it offers no SHA-256", isLibraryLoaded: true)),
    .outputClosed(errno: 28),
    .outputClosed(errno: 32, done: "the tokens were renewed and are saved"),
    .unexpected("something"), .dotEnv(.unquotable(key: "CLIENT_ID"), path: path),
    .dotEnv(.invalidKey("A B"), path: path),
    .dotEnv(.openQuote(key: "CLIENT_ID", line: 3), path: path),
    .dotEnv(.notReadBack(key: "CLIENT_ID"), path: path),
  ]

  static let all: [FailureReport] = {
    let domains: [[Failure]] = [
      settings.map(Failure.settings), files.map(Failure.file), rotations.map { rotation($0) },
      (logins + denials).map(Failure.login), callback, options, hooks, scripts, programs, serving,
      follows,
      others,
    ]
    return domains.joined().map(\.report)
  }()
}

/// Error responses in X's own words.
enum ErrorBodies {
  static let invalidToken = body("Value passed for the token was invalid.")
  static let redirect = body("Value passed for the redirect uri did not match.")

  private static func body(_ description: String) -> ErrorBody {
    let answer = ServerAnswer(
      400, #"{"error":"invalid_request","error_description":"\#(description)"}"#)
    guard let body = answer.json(ErrorBody.self) else { preconditionFailure("not an error body") }
    return body
  }
}
