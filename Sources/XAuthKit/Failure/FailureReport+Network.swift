import HTTP

extension FailureReport {
  /// What a request's failure says: the host, the cause, and what became of the token in it.
  init(_ failure: HTTPFailure, spent: Failure.Spent) {
    let cause = Self.cause(failure)
    let message = cause.message
    switch spent {
    case .nothingToSpend:
      self = cause
    case .no:
      self.init(
        cause.code, cause.exit, "\(message); the request never left, so no token was spent",
        hint: cause.hint)
    case .unknown:
      self.init(
        cause.code, .temporary, "\(message); nobody can tell whether the token was renewed",
        hint: "run it again later: it sends the token again only when that is safe")
    case .codeUnknown:
      self.init(
        cause.code, .temporary, "\(message); nobody can tell whether there is a new grant",
        hint:
          "run \(call: "login") again: the tokens of an earlier login may have stopped working")
    }
  }

  /// A failed request that presented nothing.
  init(_ failure: HTTPFailure) { self.init(failure, spent: .nothingToSpend) }

  private static func cause(_ failure: HTTPFailure) -> FailureReport {
    let host = failure.host
    let later: Hint = "run it again later"
    switch failure.cause {
    case .noSuchHost:
      return FailureReport(
        "no_such_host", .temporary, "the name \(host) can't be resolved",
        hint: "check the network and the name server")
    case .refused:
      return FailureReport(
        "connection_refused", .temporary, "\(host) refused the connection", hint: later)
    case .unreachable:
      return FailureReport(
        "unreachable", .temporary, "there is no route to \(host)", hint: "check the network")
    case .connectTimedOut(let seconds):
      return FailureReport(
        "connect_timed_out", .temporary,
        "no connection to \(host) within \(Spans.words(Int(seconds)))", hint: later)
    case .timedOut(let seconds):
      return FailureReport(
        "timed_out_waiting", .temporary,
        "\(host) did not answer within \(Spans.words(Int(seconds)))", hint: later)
    case .connectionLost:
      return FailureReport(
        "connection_lost", .temporary, "the connection to \(host) broke before the answer",
        hint: later)
    case .tooLarge(let limit):
      return FailureReport(
        "answer_too_large", .temporary, "\(host) answered with more than \(limit) bytes",
        hint: later)
    case .notHTTP:
      return FailureReport(
        "not_http", .temporary, "what answered at \(host) doesn't speak HTTP", hint: later)
    case .other:
      return FailureReport(
        "network", .temporary, "the request to \(host) failed: \(failure.detail)", hint: later)
    default: return trust(failure)
    }
  }

  private static func trust(_ failure: HTTPFailure) -> FailureReport {
    let host = failure.host
    let clock: Hint = "check this machine's clock, and what stands between it and \(host)"
    switch failure.cause {
    case .certificateExpired:
      return FailureReport(
        "certificate_expired", .temporary, "the certificate of \(host) has expired", hint: clock)
    case .certificateNotYetValid:
      return FailureReport(
        "certificate_not_yet_valid", .temporary, "the certificate of \(host) is not valid yet",
        hint: clock)
    case .certificateNotTrusted:
      return FailureReport(
        "certificate_not_trusted", .settings,
        "the certificate of \(host) is signed by an authority that this machine doesn't know",
        hint: "for a private CA set SSL_CERT_FILE; otherwise install ca-certificates")
    case .certificateForAnotherHost:
      return FailureReport(
        "certificate_for_another_host", .settings,
        "the certificate that \(host) shows is for another host",
        hint: "check the URL, and what stands between this machine and \(host)")
    case .tlsFailed:
      return FailureReport(
        "tls_failed", .temporary,
        "no secure connection (TLS 1.2 or newer) could be made to \(host)",
        hint: "check the URL and any proxy")
    case .proxyFailed:
      return FailureReport(
        "proxy_failed", .temporary,
        "the proxy \(failure.proxy ?? host) can't be used: \(failure.detail)",
        hint: "check https_proxy and no_proxy")
    case .caFileUnreadable(let path):
      return FailureReport(
        "ca_file_unreadable", .settings, "the certificate authorities in \(path) can't be read",
        hint: "correct SSL_CERT_FILE or CURL_CA_BUNDLE")
    default:
      return FailureReport(
        "unusable_url", .settings, "the URL for \(host) can't be used: \(failure.detail)",
        hint: "correct X_API_BASE_URL")
    }
  }
}

extension MissingLibrary {
  /// The table.
  var report: FailureReport {
    switch self {
    case .curl(let reason):
      FailureReport(
        "libcurl_missing", .settings, "libcurl can't be used: \(reason)",
        hint: "7.80 or newer is needed, with OpenSSL; on Debian: apt-get install libcurl4")
    case .openSSL(let reason):
      FailureReport(
        "openssl_missing", .settings, "OpenSSL can't be used: \(reason)",
        hint: "version 3 is needed; on Debian: apt-get install libssl3")
    case .openSSLUnsuitable(let reason):
      FailureReport(
        "openssl_unsuitable", .settings, "OpenSSL refuses what is needed: \(reason)",
        hint: "look at its configuration: openssl.cnf, or the file that OPENSSL_CONF names")
    }
  }
}
