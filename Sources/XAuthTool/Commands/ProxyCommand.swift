import CommandTable
import DurableFile
import HTTP
import Serving

/// `proxy`: X's API on a local address, with a token that stays alive in each request
enum ProxyCommand: Subcommand {
  static let name = "proxy"
  static let failsOnOutput = false

  // Half an hour is left for tries if one fails; the more often it is renewed, the more often requests
  // meet a token that has just ended.
  static let options: [Option] =
    [
      Option(
        CommandOption(
          "port", value: OptionValue("PORT", .port, default: "\(ProxyAddress.standardPort)"),
          help: "Where to listen without a command")
      ) { given, options in options.port = given?.last.flatMap { Int($0) } },
      .list(
        "set", \.names, OptionValue("NAME"),
        help: "Another variable that tells the command the address"),
      .text(
        "upstream", \.upstream, OptionValue("URL", default: Endpoints.standardAPI),
        help: "Where requests go"),
      .flag(
        "new-secret", \.newSecret,
        help:
          "Without a command: make a new address"),
      .minValidity(default: 30 * 60),
    ] + Option.renewing

  static func row(for tool: String) -> Command {
    Command(
      name, section: "Servers",
      summary: "serve X's API locally, with a valid token in each request",
      discussion: """
        A server that reads its token once, when it starts, fails when that token expires, and an \
        MCP session doesn't survive a restart. The proxy solves both. It listens on 127.0.0.1, puts \
        the current token into each request, and passes it on to X. It renews the token when less \
        than `--min-validity` is left. Other runs, and other proxies, may renew the same tokens.

        With a command it takes a free port, sets `X_API_BASE_URL` (and each `--set NAME`) in the \
        command's environment, passes signals on, and ends with the command and its exit code. The \
        command gets no token. Without a command it listens on `--port` until you stop it.

        The address holds a secret. Without it every request is refused; with it anybody on this \
        machine can use the account while the proxy runs. Without a command the address stays the \
        same, and is the first line of the file `proxy` beside the journal. Requests from web pages \
        are refused. Only `/2/…` and `/mcp` of X's paths can be reached, and nothing of OAuth.

        A request that X may have got is never sent twice. The proxy also starts without a network \
        or without a token; then log in, in another terminal.
        """,
      operands: [
        Operand(
          "COMMAND", .commandLine, help: "The server and its arguments", required: false,
          repeats: true)
      ],
      options: options.map(\.option),
      environment: ["CLIENT_ID", "CLIENT_SECRET", "XAUTH_ON_ROTATE", "CI"],
      exitCodes: ExitCode.list(.settings, .cannotExecute, .commandNotFound, orSignal: true),
      examples: [
        Example("\(tool) proxy -- python server.py", "A server whose token never expires"),
        Example(
          "\(tool) proxy --env-file /srv/xmcp/.env",
          "A proxy by itself; its address is the first line of /srv/xmcp/.env.xauth/proxy"),
      ])
  }

  static func run(_ call: Call) throws(Failure) -> ExitCode {
    if let code = call.delegated() { return code }
    let (context, options) = (call.context, call.options)
    try checkOptions(call)
    let settings = try call.settings()
    let upstream = try upstream(options)
    let isAlone = call.operands.isEmpty
    if !isAlone { try call.requireCommand() }
    // From here on a signal ends this by way of the loops below, and never a renewal.
    let signals = context.signals.watch()
    let live = try LiveToken(call, settings, validity: options.minValidity)
    let (server, address) = try listen(call, settings, upstream, live)
    return try live.serving(as: "proxy, port \(address.port)") { () throws(Failure) -> ExitCode in
      guard WorkerThread.start(server.run) else { throw .serving(.noThread) }
      defer { server.stop(grace: LiveToken.requestGrace) }
      if isAlone {
        try address.keep(for: settings.file.target)
        call.console.announce(address, upstream, settings)
        call.waitForSignal(signals)
        return .done
      }
      try call.console.warnOfOverride(settings)
      return try call.startCommand(
        environment(for: address, from: context.environment, options), readsInput: true
      ).accompany(context, signals)
    }
  }
}

extension ProxyCommand {
  private static func checkOptions(_ call: Call) throws(Failure) {
    let options = call.options
    for name in options.names where !name.isVariableName {
      throw .serving(.notVariable(name))
    }
    guard !call.operands.isEmpty else { return }
    if options.port != nil { throw .settings(.contradiction("--port", "COMMAND")) }
    if options.newSecret { throw .settings(.contradiction("--new-secret", "COMMAND")) }
  }

  private static func upstream(_ options: Options) throws(Failure) -> String {
    guard let text = options.upstream else { return Endpoints.standardAPI }
    return try Endpoints.checkedUpstream(text)
  }

  private static func listen(
    _ call: Call, _ settings: Settings, _ upstream: String, _ live: LiveToken
  ) throws(Failure) -> (ProxyServer, ProxyAddress) {
    let isAlone = call.operands.isEmpty
    let port = isAlone ? call.options.port ?? ProxyAddress.standardPort : 0
    var address = try ProxyAddress(port: port, call.context)
    if isAlone, !call.options.newSecret, let kept = ProxyAddress.kept(for: settings.file.target) {
      address = ProxyAddress(port: port, secret: kept.secret)
    }
    let client: HTTPClient
    do { client = try call.context.openHTTPClient() } catch { throw .curl(error) }
    do throws(ProxyFailure) {
      let server = try ProxyServer(
        port: port, secret: address.secret, upstream: upstream, tokens: live, client: client,
        explain: { Failure($0).report.message }, note: call.console.tell)
      return (server, ProxyAddress(port: server.port, secret: address.secret))
    } catch {
      throw .serving(.proxy(error, port: port))
    }
  }

  /// Our environment with the proxy's address in it, and without anything that could be sent past the
  /// proxy.
  static func environment(
    for address: ProxyAddress, from ours: Environment, _ options: Options
  ) -> Environment {
    let withheld = SettingName.grant + [.clientSecret]
    var theirs = ours.without(withheld.map(\.rawValue) + ["XAUTH_ON_ROTATE"])
    for name in [SettingName.apiBaseURL.rawValue, ProxyAddress.variable] + options.names {
      theirs[name] = address.text
    }
    theirs[SettingName.accessToken.rawValue] = ProxyAddress.placeholder
    for name in ["NO_PROXY", "no_proxy"] {
      theirs[name] = [ours[name], "127.0.0.1,localhost,::1"].compactMap { $0 }.joined(
        separator: ",")
    }
    return theirs
  }
}

extension Console {
  /// Tells what a proxy does: each request under `--verbose`, and at once what a person must know.
  fileprivate func tell(_ note: ProxyNote) {
    switch note {
    case .answered(let method, let path, let status, let isWhole, let milliseconds):
      let end = status.map { "\($0)" } ?? "the client had gone"
      detail("\(method) \(path): \(end)\(isWhole ? "" : ", broken off") (\(milliseconds) ms)")
    case .refused(let status, let reason): detail("refused with \(status): \(reason)")
    case .unanswered(let failure): detail(Failure(failure).report.message)
    case .noToken(let lack): detail("no token: \(lack.words)")
    case .outOfFiles:
      warn(
        "no more connections: this process has no file descriptor left", hint: "raise `ulimit -n`")
    case .full: warn("a connection was refused: there are too many requests at once")
    }
  }

  /// Says where a proxy can be reached. The address is a key: only a terminal gets it whole.
  fileprivate func announce(_ address: ProxyAddress, _ upstream: String, _ settings: Settings) {
    let shown = isOnTerminal ? address.text : address.shown
    say("serving \(upstream) at \(shown)")
    say(
      "set X_API_BASE_URL to that address (it is kept in \(settings.file.target.stateFolderPath)/proxy)"
    )
  }

  /// A server that loads the `.env` by itself, over its environment, wouldn't come to the proxy.
  fileprivate func warnOfOverride(_ settings: Settings) throws(Failure) {
    guard let found = try settings.file.setting(.apiBaseURL) else { return }
    warn(
      "\(found.label) goes before the proxy's address in a server that loads \(settings.file.target.path)",
      hint: "take that line out, unless the server leaves its environment as it is")
  }
}

extension String {
  /// Whether it can name a variable of the environment (POSIX XBD 8.1).
  fileprivate var isVariableName: Bool {
    first?.isNumber == false
      && utf8.allSatisfy {
        $0 == UInt8(ascii: "_") || (0x30...0x39).contains($0) || (0x41...0x5A).contains($0 & 0xDF)
      }
  }
}
