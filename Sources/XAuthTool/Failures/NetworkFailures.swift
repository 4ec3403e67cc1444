import Glibc
import HTTP
import OAuth

extension HTTPFailure {
  /// For what passes by itself.
  static let later: Hint = "run it again later"

  /// The table. A certificate that only a wrong clock or a proxy on the way can explain is worth
  /// another try; one that this machine will never trust is a setting.
  var report: FailureReport {
    let later = Self.later
    let way = proxy.map { "\(host) through the proxy \($0)" } ?? host
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
    case .notConnected(let errno) where errno == EMFILE || errno == ENFILE:
      FailureReport(tooManyOpenFiles: errno, "can't connect to \(way)")
    case .notConnected(let errno):
      FailureReport(
        "not_connected", .temporary, "can't connect to \(host): \(systemText(errno))",
        hint: "check this machine's firewall and network")
    case .connectTimedOut(let seconds):
      FailureReport(
        "connect_timed_out", .temporary,
        "no connection to \(way) within \(Spans.words(Int(seconds)))",
        hint: proxy == nil ? later : "check the proxy, or run it again later")
    case .timedOut(let seconds):
      FailureReport(
        "timed_out_waiting", .temporary,
        "no answer from \(way) within \(Spans.words(Int(seconds)))", hint: later)
    case .connectionLost:
      FailureReport(
        "connection_lost", .temporary, "the connection to \(way) broke before the answer",
        hint: later)
    case .tooLarge(let limit):
      FailureReport(
        "answer_too_large", .temporary, "\(host) answered with more than \(limit) bytes",
        hint: later)
    case .notHTTP:
      FailureReport(
        "not_http", .temporary, "what answers at \(way) doesn't speak HTTP", hint: later)
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
        "the certificate of \(way) isn't trusted here",
        hint:
          "install ca-certificates; for a private CA or a proxy that intercepts TLS, set SSL_CERT_FILE"
      )
    case .certificateForAnotherHost:
      FailureReport(
        "certificate_for_another_host", .settings,
        "the certificate of \(way) is for another host",
        hint: "check the URL, and what stands between this machine and \(host)")
    case .tlsFailed:
      FailureReport(
        "tls_failed", .temporary,
        "no TLS connection (1.2 or newer) to \(way)",
        hint: proxy == nil ? "check the URL" : "check the proxy and the URL")
    case .proxyMalformed(let variable):
      FailureReport(
        "proxy_malformed", .settings, "\(variable) does not hold the address of a proxy",
        hint: "write http://HOST:PORT or http://USER:PASSWORD@HOST:PORT, \(Self.encoding)")
    case .proxyWantsLogin(_, _, takesPassword: false):
      FailureReport(
        "proxy_login", .settings,
        "the proxy \(proxy ?? "") wants NTLM or Kerberos, not a password",
        hint: "run a local proxy that can sign in there (px, cntlm), or name \(host) in no_proxy")
    case .proxyWantsLogin(let variable, let hasLogin, _):
      FailureReport(
        "proxy_login", .settings,
        hasLogin
          ? "the proxy \(proxy ?? "") rejects the login in \(variable)"
          : "the proxy \(proxy ?? "") requires a user and a password",
        hint: "set \(variable)=http://USER:PASSWORD@HOST:PORT, \(Self.encoding)")
    case .proxyRefused(let status):
      FailureReport(
        "proxy_refused", .temporary,
        "the proxy \(proxy ?? "") does not connect to \(host) (HTTP \(status))",
        hint: status < 500 ? "have it allow \(host), or name \(host) in no_proxy" : later)
    case .proxyFailed:
      FailureReport(
        "proxy_failed", .temporary, "the proxy \(proxy ?? host) can't be used: \(detail)",
        hint: "check https_proxy and no_proxy")
    case .caFileUnreadable(let path):
      FailureReport(
        "ca_file_unreadable", .settings, "the CA file \(path) can't be read",
        hint: "correct SSL_CERT_FILE or CURL_CA_BUNDLE")
    case .unsupportedURL:
      FailureReport(
        "unusable_url", .settings, "X_API_BASE_URL can't be used: \(detail)",
        hint: "write https://HOST in plain ASCII")
    }
  }

  /// How a user or a password is written into a URL (RFC 3986 §2.1).
  private static let encoding =
    "with @ : / ? # % percent-encoded"
}

extension HTTPLibraryUnavailable {
  /// The row: libcurl is missing, too old, or built without what is needed.
  var report: FailureReport {
    FailureReport(
      "libcurl_missing", .settings, "libcurl can't be used: \(reason)",
      hint: isLibraryFound
        ? "7.80 or newer is needed, with OpenSSL; a release of xauth has one linked in"
        : "7.80 or newer is needed, with OpenSSL; on Debian 12: `apt-get install libcurl4`")
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
        hint: "version 3 is needed; on Debian 12 or newer: `apt-get install libssl3`")
  }
}
