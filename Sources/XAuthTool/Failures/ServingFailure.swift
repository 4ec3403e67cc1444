import Callback
import CommandTable
import OAuth
import Serving

/// Why a command that serves can't begin.
enum ServingFailure: Sendable, Equatable {
  /// What `--upstream`, or the operand of `mcp`, names is no URL.
  case notURL(String)
  /// Others could read what is sent there.
  case notSecure(String)
  /// The proxy can't begin.
  case proxy(ProxyFailure, port: Int)
  /// What `--set` names can't be a variable.
  case notVariable(String)
  /// Somebody talks to the command through a pipe, and would lose it with the first restart.
  case restartWithPipedInput
  /// The system gives no thread.
  case noThread

  /// The table.
  var report: FailureReport {
    switch self {
    case .notURL(let text):
      FailureReport(
        "server_url_unusable", .usage,
        "\(Self.shown(text)) is not an address of a server",
        hint: "give an absolute URL without query and fragment, such as https://api.x.com")
    case .notSecure(let text):
      FailureReport(
        "server_url_not_https", .usage,
        "\(Self.shown(text)) is not https, and the token would cross the network in the clear",
        hint: "use https (plain http is allowed for loopback only)")
    case .proxy(.cantListen(.portInUse), let port):
      FailureReport(
        "proxy_port_in_use", .settings,
        "port \(port) on 127.0.0.1 is in use, perhaps by another proxy",
        hint: "end what uses it, or choose another one with --port")
    case .proxy(.cantListen(.notAllowed), let port):
      FailureReport(
        "proxy_port_not_allowed", .settings, "this user may not listen on port \(port)",
        hint: "choose one above 1023 with --port")
    case .proxy(.cantListen(let failure), let port):
      FailureReport(
        "proxy_listen_failed", .settings,
        "can't listen on port \(port) of 127.0.0.1: \(failure.phrase)",
        hint: "choose another one with --port")
    case .proxy(.malformedUpstream, _): Self.notURL("--upstream").report
    case .proxy(.ownUpstream, _):
      FailureReport(
        "proxy_own_upstream", .usage, "--upstream is the proxy's own address",
        hint: "leave it out: requests go to X then")
    case .notVariable(let text):
      FailureReport(
        "not_a_variable", .usage,
        "--set needs the name of a variable, and got \(sanitized(text, limit: 80))",
        hint: "give the name alone, such as --set API_URL")
    case .restartWithPipedInput:
      FailureReport(
        "restart_with_piped_input", .usage,
        "standard input is a pipe: whoever writes to it would lose the command at the first restart",
        hint: "use \(call: "proxy") for a server, or give the command no input with --no-stdin")
    case .noThread:
      FailureReport(
        "no_thread", .temporary, "the system gives no more threads",
        hint: "end other programs, or raise the limit on processes (ulimit -u)")
    }
  }

  /// An address without what may be secret in it: a password, a query.
  private static func shown(_ address: String) -> String {
    let path = address.prefix { $0 != "?" && $0 != "#" }
    let start = path.lastIndex(of: "@").map(path.index(after:)) ?? path.startIndex
    return sanitized(String(path[start...]), limit: 80)
  }
}

extension ListenFailure {
  fileprivate var phrase: String {
    if case .system(let call, let errno) = self {
      "\(call): \(systemText(errno))"
    } else {
      "no such address"
    }
  }
}
