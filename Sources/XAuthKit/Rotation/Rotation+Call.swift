import CommandTable
import DurableFile
import HTTP
import OAuth

extension Rotation {
  /// The rotation that a command carries out, its settings checked.
  init(_ call: Call) throws(Failure) {
    let settings = try call.settings()
    let grant = try settings.grant()
    if grant.grant.isBlank, !settings.file.exists {
      throw .settings(.noFile(path: settings.file.target.path))
    }
    let client = try settings.requiredClient()
    let isInEnvironment = grant.place == .environment && !grant.grant.isBlank
    let sources: [SettingSource] = [client.source] + (isInEnvironment ? [.environment] : [])
    let endpoints = try settings.endpoints(sending: sources)
    self.init(
      context: call.context,
      settings: isInEnvironment
        ? try settings.adoptingEnvironmentGrant(
          client.credentials, call.context, telling: call.console) : settings,
      console: call.console, client: client.credentials, endpoints: endpoints,
      store: isInEnvironment ? .hook : .file)
    announce(grant)
  }

  /// Says what isn't as it should be before anything is done.
  private func announce(_ grant: SourcedGrant) {
    if let text = grant.unreadableExpiry {
      console.warn("X_OAUTH2_EXPIRES_AT=\(sanitized(text, limit: 40)) is no time; taken as unknown")
    }
    if store == .file, (try? settings.hasStaleCopyInEnvironment()) == true {
      console.warn(
        "the environment has other tokens than \(settings.file.target.path); the file's are used",
        hint: "unset X_OAUTH2_ACCESS_TOKEN and X_OAUTH2_REFRESH_TOKEN there")
    }
  }

  /// Locks the file, waiting as long as was asked for.
  func lock() throws(Failure) -> LockedGrant {
    try lock(
      timeout: settings.invocation.seconds("lock-timeout").map(Double.init) ?? Self.lockTimeout)
  }

  /// Locks the file, waiting for `timeout` seconds at most.
  func lock(timeout: Double, creating: Bool = false) throws(Failure) -> LockedGrant {
    try LockedGrant.open(
      settings.file.target, creating: creating, timeout: timeout, context: context
    ) {
      if console.isOnTerminal { console.say("waiting for another run that holds the lock…") }
    }
  }

  /// Opens libcurl, and says where the credentials are going if that isn't X.
  func openNetwork() throws(Failure) -> Network {
    if let host = endpoints.foreignHost {
      console.say("credentials go to \(host), not to X (\(endpoints.api.source.words))")
    }
    do { return try context.openNetwork() } catch { throw Failure(error) }
  }

  /// A grant without a file is put back by the `--on-rotate` command, or by nobody. In CI, whatever
  /// stays on the runner dies with it, and the grant too.
  func checkRotationIsAllowed() throws(Failure) {
    guard settings.onRotate == nil, !settings.invocation.flag("allow-rotate") else { return }
    if context.environment.isCI { throw .settings(.rotationInCI) }
    if store == .hook { throw .settings(.noStore) }
  }
}

extension Network {
  /// Sends a request to the token endpoint and keeps of the answer what matters.
  func post(
    _ request: TokenEndpointRequest, deadline: Double
  ) throws(HTTPFailure) -> ServerAnswer {
    var headers = [
      (name: "Content-Type", value: TokenEndpointRequest.contentType),
      (name: "Accept", value: "application/json"),
      (name: "User-Agent", value: "xauth/\(VersionCommand.version)"),
    ]
    if let authorization = request.authorization {
      headers.append((name: "Authorization", value: authorization.reveal()))
    }
    let response = try send(
      HTTPRequest(
        method: .post, url: request.url, headers: headers,
        body: [UInt8](request.body.reveal().utf8)),
      deadline)
    return ServerAnswer(response)
  }
}

extension ServerAnswer {
  init(_ response: HTTPResponse) {
    self.init(status: response.status, headers: response.headers, body: response.body)
  }
}
