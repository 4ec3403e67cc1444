import Rotation
import CommandTable
import OAuth

/// `header`: the `Authorization` header of one request
enum HeaderCommand: Subcommand {
  static let name = "header"
  static let failsOnOutput = false

  static let options: [Option] =
    [
      .list(
        "data", \.data, OptionValue("NAME=VALUE"),
        help: "A field of the form, plain, as in curl's --data-urlencode"),
      .flag("curl", \.curl, help: "Print it for curl's option -K"),
    ] + Option.renewing

  static func row(for tool: String) -> Command {
    Command(
      name, section: "Scripts", summary: "print the Authorization header for a request",
      discussion: """
        With an OAuth 2.0 token the header is `Bearer` and that token, renewed if necessary. If the \
        renewal fails, so does the command. Only if `X_OAUTH2_ACCESS_TOKEN` is not set, the request \
        is signed by OAuth 1.0a, with `X_OAUTH_CONSUMER_KEY`, `X_OAUTH_CONSUMER_SECRET`, \
        `X_OAUTH_ACCESS_TOKEN` and `X_OAUTH_ACCESS_TOKEN_SECRET`. So a single variable switches a \
        script from 1.0a to 2.0.

        A signature covers the method, the URL and the fields of a form (`--data`). It works once, \
        within a few minutes. It doesn't cover any other body, JSON for example.

        `--curl` prints a line for curl's configuration. It keeps the header off curl's command \
        line, where every user of the machine could read it.
        """,
      operands: [
        Operand("METHOD", help: "GET by default; POST with `--data`", required: false),
        Operand(
          "URL", help: "The address, percent-encoded as it is sent; https, or loopback"),
      ],
      options: options.map(\.option),
      environment: SettingName.oauth1.map(\.rawValue) + [
        "X_OAUTH2_ACCESS_TOKEN", "CLIENT_ID", "CLIENT_SECRET", "XAUTH_ON_ROTATE", "CI",
      ],
      exitCodes: ExitCode.ofRenewing,
      examples: [
        Example(
          "\(tool) header --curl \"$URL\" | curl -K - \"$URL\"", "Call the API"),
        Example(
          "\(tool) header --data status=hello \"$URL\"",
          "Sign a form"),
      ])
  }

  static func run(_ call: Call) throws(Failure) -> ExitCode {
    guard !(call.console.isJSON && call.options.curl) else {
      throw .settings(.contradiction("--json", "--curl"))
    }
    let request = try HeaderRequest(call.operands, data: call.options.data)
    let settings = try call.settings()

    // A token that is set, or that waits to be saved, is used. If its renewal fails, the command fails:
    // it never falls back to a signature.
    let held = try settings.heldGrant()
    let isWaiting = try settings.newerGrant(than: held) != nil
    if held.grant.accessToken == nil, !isWaiting, try settings.store() == nil,
      let credentials = try settings.oauth1()
    {
      try call.console.result(signature(of: request, credentials, call))
      return .done
    }
    let need = Rotation.Need(validity: TokenCommand.defaultValidity, force: false)
    let token = try ValidToken.obtain(need, call)
    let report = HeaderReport(bearer: token.accessToken, call)
    try call.console.result(report, done: token.done, before: token.runHook)
    return .done
  }

  private static func signature(
    of request: HeaderRequest, _ credentials: OAuth1Credentials, _ call: Call
  ) throws(Failure) -> HeaderReport {
    // 128 bits: no nonce comes twice (RFC 5849 §3.3).
    let nonce = Hexadecimal.text(try call.context.randomBytes(16))
    let value: Secret
    do {
      value = try OAuth1Request(method: request.method, url: request.url, form: request.form)
        .authorization(credentials, nonce: nonce, timestamp: call.context.clock.now())
    } catch let reason as InvalidURL {
      throw .header(.notPlainURL(reason))
    } catch {
      throw Failure(error)
    }
    return HeaderReport(scheme: "OAuth", value: value, call)
  }
}

/// What `header` prints.
private struct HeaderReport: Report {
  let isData = true
  let scheme: String
  let value: Secret
  let isForCurl: Bool

  init(scheme: String, value: Secret, _ call: Call) {
    self.scheme = scheme
    self.value = value
    isForCurl = call.options.curl
  }

  init(bearer token: Secret, _ call: Call) {
    self.init(scheme: "Bearer", value: Secret("Bearer \(token.reveal())"), call)
  }

  var description: String {
    let line = "Authorization: \(value.reveal())"
    return isForCurl ? "header = \(CurlConfiguration.quote(line))\n" : "\(line)\n"
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode("Authorization", forKey: .name)
    try container.encode(scheme, forKey: .scheme)
    try container.encode(value.reveal(), forKey: .value)
  }

  private enum CodingKeys: CodingKey { case name, scheme, value }
}
