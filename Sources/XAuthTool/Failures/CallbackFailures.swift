import Callback
import CommandTable
import OAuth

extension ListenFailure {
  /// The table. X compares every character of the redirect URI, so another port has to be
  /// registered too.
  func report(for callback: CallbackSettings) -> FailureReport {
    let redirect = callback.redirect
    let listen = callback.listen
    return switch self {
    case .portInUse(let address, let port):
      FailureReport(
        "port_in_use", .settings,
        "port \(port) on \(address) is in use, perhaps by another login or by xmcp while it starts",
        hint: Self.portHint(
          callback, "end that, use --paste, or set X_OAUTH_CALLBACK_PORT and register that URL too")
      )
    case .notAllowed(let address, let port):
      FailureReport(
        "port_not_allowed", .settings, "this user may not listen on port \(port) of \(address)",
        hint: Self.portHint(
          callback, "choose one above 1023 with X_OAUTH_CALLBACK_PORT, and register that URL"))
    case .addressNotHere(let address):
      FailureReport(
        "address_not_here", listen?.exit ?? .settings,
        listen.map { "\($0.shown) is not an address of this machine" }
          ?? "\(address) is not an address of this machine",
        hint: listen.map { _ in Self.listenHint }
          ?? "set X_OAUTH_CALLBACK_LISTEN to one; the redirect URI stays \(redirect.uri)")
    case .noSuchHost(let host):
      listen.map {
        FailureReport(
          "listen_host_unknown", $0.exit, "\($0.shown) is neither an address nor a host known here",
          hint: Self.listenHint)
      }
        ?? FailureReport(
          "callback_host_unknown", .settings, "the callback host \(host) can't be resolved here",
          hint: "correct X_OAUTH_CALLBACK_HOST, or set X_OAUTH_CALLBACK_LISTEN")
    case .malformedListen(let text):
      FailureReport(
        "bad_listen_address", listen?.exit ?? .settings,
        "\(listen?.shown ?? shown(text)) is not an address to listen on",
        hint: "give ADDRESS, ADDRESS:PORT or [IPV6]:PORT, such as 0.0.0.0:9000")
    case .system(let call, let errno):
      FailureReport(
        "listen_failed", .settings,
        "can't listen for \(redirect.uri): \(call): \(systemText(errno))",
        hint: "--paste needs no listener")
    }
  }

  /// How to have another port. Where the listener is elsewhere than the redirect URI says, only its own
  /// port changes, and the registered one stays.
  private static func portHint(_ callback: CallbackSettings, _ hint: Hint) -> Hint {
    let redirect = callback.redirect
    if let listen = callback.listen {
      let name = if case .flag = listen.source { listen.label } else { listen.name.rawValue }
      return "give \(name) another port; the redirect URI stays \(redirect.uri)"
    }
    guard callback.isBehindProxy else { return hint }
    return "set X_OAUTH_CALLBACK_LISTEN; the redirect URI stays \(redirect.uri)"
  }

  private static let listenHint: Hint =
    "give an address, not an interface: 127.0.0.1, 0.0.0.0 for all, or one that `ip addr` lists"
}

extension RedirectURIFailure {
  /// The table.
  var report: FailureReport {
    switch self {
    case .malformedHost(let host):
      FailureReport(
        "bad_callback_host", .settings, "X_OAUTH_CALLBACK_HOST=\(shown(host)) is not a host",
        hint:
          "give the host alone: no scheme, port or path, such as 127.0.0.1 or box.example.ts.net")
    case .malformedPath(let path):
      FailureReport(
        "bad_callback_path", .settings, "X_OAUTH_CALLBACK_PATH=\(shown(path)) is not a path",
        hint: "start it with one slash and leave out ? and #, as in /oauth/callback")
    case .needsHTTPS(let host):
      FailureReport(
        "callback_needs_https", .settings,
        "\(host) is not this machine's loopback, so it needs https",
        hint: """
          use 127.0.0.1, or set TLS_CERT_FILE and TLS_KEY_FILE; \(call: "help remote") shows how
          """)
    }
  }
}

extension TLSIdentityFailure {
  /// The table.
  var report: FailureReport {
    switch self {
    case .notReadable(let path, let errno):
      FailureReport(
        "tls_file_unreadable", .settings, "\(path) can't be read (\(systemText(errno)))",
        hint: "correct TLS_CERT_FILE and TLS_KEY_FILE; they are relative to the folder of the .env")
    case .notAFile(let path):
      FailureReport(
        "tls_not_a_file", .settings, "\(path) is not a PEM file", hint: "correct the path")
    case .notPEM(let path):
      FailureReport(
        "tls_not_pem", .settings,
        "\(path) doesn't contain the PEM certificate or private key it should",
        hint: "TLS_CERT_FILE is the certificate with its chain, TLS_KEY_FILE the private key")
    case .encryptedKey(let path):
      FailureReport(
        "tls_key_encrypted", .settings, "the key in \(path) is protected by a passphrase",
        hint: "remove it: `openssl pkey -in KEY -out NEWKEY`")
    case .keyMismatch(let certificate, let key):
      FailureReport(
        "tls_key_mismatch", .settings, "the key in \(key) is not that of \(certificate)",
        hint: "the first certificate in the file must be the server's own")
    case .keyReadableByOthers(let path, let mode):
      FailureReport(
        "tls_key_readable", .settings,
        "others on this machine can read the key \(path) (mode 0\(String(mode, radix: 8)))",
        hint:
          "`chmod 600 \(ShellWord.path(path))`; if its drive keeps no permissions, move it to another"
      )
    case .wrongHost(let host, let names):
      Self.wrongHost(host, names: names)
    case .expired(let notAfter):
      FailureReport(
        "tls_expired", .settings, "the certificate expired on \(Times.dated(notAfter))",
        hint: "renew it")
    case .notYetValid(let notBefore):
      FailureReport(
        "tls_not_yet_valid", .settings,
        "the certificate is not valid before \(Times.dated(notBefore))",
        hint: "check this machine's clock")
    case .notForServers:
      FailureReport(
        "tls_not_for_servers", .settings, "the certificate is not made for servers",
        hint: "its key usage has to allow signatures, and its extended key usage serverAuth")
    case .unacceptable(let path, let reason):
      FailureReport(
        "tls_unacceptable", .settings, "OpenSSL refuses \(path): \(reason)", hint: "make a new one")
    case .libraryUnavailable(let reason):
      CryptographyUnavailable(reason: reason, isLibraryLoaded: false).report
    case .libraryUnsuitable(let reason):
      CryptographyUnavailable(reason: reason, isLibraryLoaded: true).report
    }
  }

  /// The certificate doesn't name the host in the way that browsers look for it.
  private static func wrongHost(_ host: String, names: [String]) -> FailureReport {
    let (reason, hint): (String, Hint) =
      if names.isEmpty {
        (
          "the certificate is not for \(host): it has no subjectAltName, and browsers read nothing else",
          "get one with \(host) in it"
        )
      } else if names.contains(host) {
        (
          "the certificate has \(host) for a host name, and browsers want an address as one",
          "make it with subjectAltName=IP:\(host)"
        )
      } else {
        (
          "the certificate is not for \(host), only for \(names.joined(separator: ", "))",
          "set X_OAUTH_CALLBACK_HOST to a name in it, or get one for \(host)"
        )
      }
    return FailureReport("tls_wrong_host", .settings, reason, hint: hint)
  }
}

extension TLSIdentityWarning {
  /// The warning, in one line.
  var words: String {
    switch self {
    case .selfSigned:
      "the certificate is self-signed: the browser warns before it shows the page"
    case .expiresSoon(let days): "the certificate expires in \(days) days"
    case .keyTypeUnknownToBrowsers:
      "browsers don't accept this certificate's type of key from a server: they know RSA, P-256 and P-384"
    case .chainExpired(let notAfter):
      "a certificate behind the server's own expired on \(Times.dated(notAfter)): browsers may refuse both"
    }
  }
}

extension ListenerNote {
  /// What it means for the person who is waiting, in one line.
  var words: String {
    switch self {
    case .plainHTTPOnTLSPort:
      "somebody came over plain http to the https port: the address must begin with https://"
    case .tlsOnPlainPort:
      "a browser came over https to the plain port: it may insist on https for this host"
    case .handshakeRefused(let alert, let meaning):
      Self.refusal(alert, sanitized(meaning, limit: 80))
    case .handshakeFailed(let reason):
      "a TLS handshake failed (\(sanitized(reason, limit: 80)))"
    case .foreignHost:
      "a callback came under another host name: the proxy must forward the Host header unchanged (nginx: proxy_set_header Host $http_host;)"
    case .wrongState: "a callback of another login came, perhaps from an older tab; still waiting"
    case .openedTwice: "a second browser opened this login and was turned away"
    }
  }

  /// What to do about it, where anything can be done.
  var hint: Hint? {
    self == .openedTwice
      ? "if the first wasn't yours, log in again; otherwise go on in the first, or press Enter for an address for this one"
      : nil
  }

  /// What the person sees in the browser and why, as far as the alert tells (RFC 8446 §6.2). Firefox
  /// and curl send the specific alerts; Chrome always sends 46.
  private static func refusal(_ alert: UInt8, _ meaning: String) -> String {
    let reason: String? =
      switch alert {
      case 42, 46: "self-signed, from an authority it doesn't know, for another name, or expired"
      case 43: "a kind it doesn't take"
      case 44: "revoked"
      case 45: "expired, by its clock"
      case 48: "self-signed, or from an authority it doesn't know"
      default: nil
      }
    guard let reason else { return "the browser broke off the TLS handshake (\(meaning))" }
    return "the browser refuses the certificate: \(reason). It shows a warning there,"
      + " \"Your connection is not private\" or the like; you may go on from it, and this login waits"
  }
}

/// The value of a setting, sanitized for a message.
private func shown(_ text: String) -> String { sanitized(text, limit: 80) }
