import CCurl
import Glibc

/// Where a request goes, and by what way: so it is known what it means when it fails.
struct Route {
  let origin: Origin
  let proxy: Proxy?
  let trust: HTTPTrust
  let tls: TLSFiles
  /// Seconds until the request can be sent.
  let connectTimeout: Double

  /// To libcurl 0 means its own default, or no limit at all: so at least 1, and at most a day.
  static func milliseconds(_ seconds: Double) -> Int {
    seconds.isNaN ? 1 : Int(min(max(seconds * 1000, 1), 86_400_000))
  }

  /// The header fields of a request, which are refused if they would break its framing.
  func lines(
    of fields: [(name: String, value: String)], closing: Bool
  ) throws(HTTPFailure) -> FieldLines {
    do {
      return try FieldLines(fields, closing: closing)
    } catch {
      throw refusal("malformed header field \(error.name)")
    }
  }

  /// A request that is never tried.
  func refusal(_ detail: String) -> HTTPFailure {
    HTTPFailure(
      host: origin.host, cause: .other, mayHaveReachedServer: false,
      detail: PrintableText.line(detail))
  }

  /// What an outcome other than CURLE_OK means.
  ///
  /// `timeout` is the limit, in seconds, that would have ended the request once it was being sent.
  func failure(
    _ outcome: CCurlOutcome, timeout: Double, partialAnswer: HTTPResponse? = nil
  ) -> HTTPFailure {
    HTTPFailure(
      host: origin.host, proxy: proxy?.host, cause: cause(of: outcome, timeout: timeout),
      mayHaveReachedServer: outcome.requestBegan, detail: detail(of: outcome),
      partialAnswer: partialAnswer)
  }

  private func cause(of outcome: CCurlOutcome, timeout: Double) -> HTTPFailure.Cause {
    switch outcome.overflow {
    case CCurlOverflowHead: return .tooLarge(limit: HTTPClient.headLimit)
    case CCurlOverflowContent: return .tooLarge(limit: HTTPClient.bodyLimit)
    default:
      return outcome.requestBegan
        ? causeAfterBegin(outcome, timeout: timeout) : causeBeforeBegin(outcome)
    }
  }

  /// CURLE_TOO_LARGE, which came with libcurl 8.6. Before, it was CURLE_OUT_OF_MEMORY.
  private static let tooLarge = CURLcode(rawValue: 100)

  /// The request was being sent, or had been.
  private func causeAfterBegin(_ outcome: CCurlOutcome, timeout: Double) -> HTTPFailure.Cause {
    switch outcome.code {
    case CURLE_OPERATION_TIMEDOUT: .timedOut(seconds: timeout)
    case CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_SEND_ERROR, CURLE_RECV_ERROR: .connectionLost
    // It wanted to send the body of a stream again, and can't.
    case CURLE_SEND_FAIL_REWIND: .connectionLost
    case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY: .notHTTP
    // A single line of a head beyond libcurl's own limit, which is above ours.
    case CURLE_OUT_OF_MEMORY, Self.tooLarge: .tooLarge(limit: HTTPClient.headLimit)
    default: .other
    }
  }

  /// There was no connection to send the request on yet.
  private func causeBeforeBegin(_ outcome: CCurlOutcome) -> HTTPFailure.Cause {
    if let errno = lackOfFiles(outcome) { return .notConnected(errno: errno) }
    return switch outcome.code {
    case CURLE_OPERATION_TIMEDOUT: .connectTimedOut(seconds: connectTimeout)
    case CURLE_COULDNT_RESOLVE_HOST: .noSuchHost
    case CURLE_PEER_FAILED_VERIFICATION: certificateCause(outcome)
    case CURLE_SSL_CACERT_BADFILE:
      (tls.authorities ?? trust.file).map { .caFileUnreadable(path: $0) } ?? .tlsFailed
    case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CIPHER, CURLE_SSL_ENGINE_INITFAILED: .tlsFailed
    case CURLE_OUT_OF_MEMORY, CURLE_FAILED_INIT, CURLE_UNKNOWN_OPTION, CURLE_NOT_BUILT_IN: .other
    case CURLE_SSL_CERTPROBLEM: .other
    // Through a proxy, whatever else fails before the request begins fails at the proxy.
    case _ where proxy != nil: proxyCause(outcome)
    case CURLE_COULDNT_CONNECT: connectCause(outcome)
    case CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT: .unsupportedURL
    case CURLE_SEND_ERROR, CURLE_RECV_ERROR: .connectionLost
    default: .other
    }
  }

  private func connectCause(_ outcome: CCurlOutcome) -> HTTPFailure.Cause {
    switch Int32(truncatingIfNeeded: outcome.connectError) {
    case ECONNREFUSED: .refused
    case ECONNRESET, ECONNABORTED: .connectionLost
    // The kernel gave up before the time was up.
    case ETIMEDOUT: .connectTimedOut(seconds: connectTimeout)
    case ENETUNREACH, EHOSTUNREACH, ENETDOWN: .unreachable
    case 0: .other
    // A firewall's refusal, or no port left to connect from.
    case let errno: .notConnected(errno: errno)
    }
  }

  private func proxyCause(_ outcome: CCurlOutcome) -> HTTPFailure.Cause {
    guard let proxy, outcome.connectStatus >= 300 else { return .proxyFailed }
    guard outcome.connectStatus == 407 else { return .proxyRefused(status: outcome.connectStatus) }
    let offered = UInt(bitPattern: outcome.proxyLogins)
    return .proxyWantsLogin(
      variable: proxy.variable, hasLogin: proxy.hasCredentials,
      takesPassword: offered == 0 || offered & 1 == 1)  // CURLAUTH_BASIC
  }

  /// Files that a request has open at once, at most.
  private static let filesAtOnce = 4

  /// EMFILE or ENFILE, if a request that failed can't have had its files: neither libcurl nor the
  /// resolver says so.
  private func lackOfFiles(_ outcome: CCurlOutcome) -> Int32? {
    guard [0, EMFILE, ENFILE].contains(Int32(truncatingIfNeeded: outcome.connectError)) else {
      return nil
    }
    var opened: [Int32] = []
    defer { for file in opened { close(file) } }
    while opened.count < Self.filesAtOnce {
      let file = open("/dev/null", O_RDONLY | O_CLOEXEC)
      guard file >= 0 else { return [EMFILE, ENFILE].contains(errno) ? errno : nil }
      opened.append(file)
    }
    return nil
  }

  /// By OpenSSL's verification results (X509_STORE_CTX_get_error(3)). A name that doesn't match is
  /// found by libcurl itself, after a verification that went well.
  private func certificateCause(_ outcome: CCurlOutcome) -> HTTPFailure.Cause {
    if outcome.proxyVerifyResult != 0 { return .proxyFailed }
    return switch outcome.verifyResult {
    case 0, 1: .certificateForAnotherHost  // X509_V_OK, and what libcurl sets before it looks.
    case 62, 64: .certificateForAnotherHost  // X509_V_ERR_HOSTNAME_MISMATCH, _IP_ADDRESS_MISMATCH
    case 9: .certificateNotYetValid  // X509_V_ERR_CERT_NOT_YET_VALID
    case 10: .certificateExpired  // X509_V_ERR_CERT_HAS_EXPIRED
    default: .certificateNotTrusted
    }
  }

  private func detail(of outcome: CCurlOutcome) -> String {
    let specific = withUnsafeBytes(of: outcome.detail) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    let general = outcome.summary.map { String(cString: $0) } ?? ""
    let tellsSecrets = proxy?.hasCredentials == true
    return PrintableText.line(specific.isEmpty || tellsSecrets ? general : specific)
  }
}
