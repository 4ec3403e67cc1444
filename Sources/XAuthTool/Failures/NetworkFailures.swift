import HTTP
import OAuth

extension HTTPFailure {
  /// The table. A certificate that only a wrong clock or a proxy on the way can explain is worth
  /// another try; one that this machine will never trust is a setting.
  var report: FailureReport {
    let later: Hint = "run it again later"
    let clock: Hint = "check this machine's clock, and what stands between it and \(host)"
    return switch cause {
    case .noSuchHost:
      FailureReport(
        "no_such_host", .temporary, "the name \(host) can't be resolved",
        hint: "check the network and the name server")
    case .refused:
      FailureReport(
        "connection_refused", .temporary, "\(host) refused the connection", hint: later)
    case .unreachable:
      FailureReport(
        "unreachable", .temporary, "there is no route to \(host)", hint: "check the network")
    case .connectTimedOut(let seconds):
      FailureReport(
        "connect_timed_out", .temporary,
        "no connection to \(host) within \(Spans.words(Int(seconds)))", hint: later)
    case .timedOut(let seconds):
      FailureReport(
        "timed_out_waiting", .temporary,
        "\(host) did not answer within \(Spans.words(Int(seconds)))", hint: later)
    case .connectionLost:
      FailureReport(
        "connection_lost", .temporary, "the connection to \(host) broke before the answer",
        hint: later)
    case .tooLarge(let limit):
      FailureReport(
        "answer_too_large", .temporary, "\(host) answered with more than \(limit) bytes",
        hint: later)
    case .notHTTP:
      FailureReport(
        "not_http", .temporary, "what answered at \(host) doesn't speak HTTP", hint: later)
    case .other:
      FailureReport(
        "network", .temporary, "the request to \(host) failed: \(detail)", hint: later)
    case .certificateExpired:
      FailureReport(
        "certificate_expired", .temporary, "the certificate of \(host) has expired", hint: clock)
    case .certificateNotYetValid:
      FailureReport(
        "certificate_not_yet_valid", .temporary, "the certificate of \(host) is not valid yet",
        hint: clock)
    case .certificateNotTrusted:
      FailureReport(
        "certificate_not_trusted", .settings,
        "the certificate of \(host) is signed by an authority that this machine doesn't know",
        hint: "for a private CA set SSL_CERT_FILE; otherwise install ca-certificates")
    case .certificateForAnotherHost:
      FailureReport(
        "certificate_for_another_host", .settings,
        "the certificate that \(host) shows is for another host",
        hint: "check the URL, and what stands between this machine and \(host)")
    case .tlsFailed:
      FailureReport(
        "tls_failed", .temporary,
        "no secure connection (TLS 1.2 or newer) could be made to \(host)",
        hint: "check the URL and any proxy")
    case .proxyFailed:
      FailureReport(
        "proxy_failed", .temporary,
        "the proxy \(proxy ?? host) can't be used: \(detail)",
        hint: "check https_proxy and no_proxy")
    case .caFileUnreadable(let path):
      FailureReport(
        "ca_file_unreadable", .settings, "the certificate authorities in \(path) can't be read",
        hint: "correct SSL_CERT_FILE or CURL_CA_BUNDLE")
    case .unsupportedURL:
      FailureReport(
        "unusable_url", .settings, "the URL for \(host) can't be used: \(detail)",
        hint: "correct X_API_BASE_URL")
    }
  }
}

extension HTTPLibraryUnavailable {
  /// The row: libcurl is missing, too old, or built without what is needed.
  var report: FailureReport {
    FailureReport(
      "libcurl_missing", .settings, "libcurl can't be used: \(reason)",
      hint: "7.80 or newer is needed, with OpenSSL; on Debian: apt-get install libcurl4")
  }
}

extension CryptographyUnavailable {
  /// The table: OpenSSL is missing or too old, or its configuration forbids something that is needed.
  var report: FailureReport {
    isLibraryLoaded
      ? FailureReport(
        "openssl_unsuitable", .settings, "OpenSSL refuses what is needed: \(reason)",
        hint: "look at its configuration: openssl.cnf, or the file that OPENSSL_CONF names")
      : FailureReport(
        "openssl_missing", .settings, "OpenSSL can't be used: \(reason)",
        hint: "version 3 is needed; on Debian: apt-get install libssl3")
  }
}
