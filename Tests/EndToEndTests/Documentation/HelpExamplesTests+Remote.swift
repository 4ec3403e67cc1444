import Foundation
import TestSupport
import Testing

/// Where the browser is elsewhere, or comes by way of a proxy: `help remote`.
extension HelpExamplesTests {
  private static let certificate = """
    tailscale cert --cert-file callback.pem --key-file callback-key.pem \\
      box.example.ts.net
    """
  private static let proxySettings = """
    X_OAUTH_CALLBACK_HOST=auth.example.com
    X_OAUTH_CALLBACK_PORT=443
    X_OAUTH_CALLBACK_SCHEME=https
    X_OAUTH_CALLBACK_LISTEN=127.0.0.1:8976
    """

  static let remoteTrials: [String: Trial] = [
    """
    ssh -L 8976:127.0.0.1:8976 you@server
    cd /srv/xmcp
    xauth login --no-browser
    """: { example in
      let readme = try #require(ReadmeExamplesTests.trials["ssh"])
      try await readme(example)
    },
    certificate: { example in
      let machine = try ReaderMachine()
      try getCertificate(by: example, on: machine)
      for name in ["callback.pem", "callback-key.pem"] {
        #expect(machine.folder.bytes("srv/xmcp/\(name)") != nil)
      }
      #expect(machine.calls(of: "tailscale").first?.hasSuffix(" box.example.ts.net") == true)
    },
    """
    X_OAUTH_CALLBACK_HOST=box.example.ts.net
    TLS_CERT_FILE=callback.pem
    TLS_KEY_FILE=callback-key.pem
    """: { example in
      let redirectURI = "https://box.example.ts.net:8976/oauth/callback"
      let machine = try ReaderMachine(redirectURI: redirectURI)
      try getCertificate(by: certificate, on: machine)
      machine.folder.write("CLIENT_ID=sandbox-client\n\(example)\n", to: "srv/xmcp/.env")
      let report = try machine.shell("xauth show --verbose")
      #expect(report.output.contains("callback  \(redirectURI)\n"))
      let outcome = try machine.loginElsewhere("xauth login --no-browser")
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(machine.folder.text("srv/xmcp/page")?.contains("You’re signed in") == true)
    },
    proxySettings: { example in
      let machine = try ReaderMachine()
      machine.folder.write("CLIENT_ID=sandbox-client\n\(example)\n", to: "srv/xmcp/.env")
      let report = try machine.shell("xauth show --verbose")
      #expect(report.output.contains("callback  https://auth.example.com/oauth/callback\n"))
    },
    """
    location = /oauth/callback {
      proxy_pass http://127.0.0.1:8976;
      proxy_set_header Host $http_host;
    }
    """: { example in
      let machine = try ReaderMachine(redirectURI: "https://auth.example.com/oauth/callback")
      machine.folder.write("CLIENT_ID=sandbox-client\n\(proxySettings)\n", to: "srv/xmcp/.env")
      let proxy = try ReverseProxy(on: machine, with: example)
      defer { proxy.stop() }
      let login = try machine.start(["/usr/local/bin/xauth", "login", "--no-browser"])
      let address = login.authorizeAddress()
      #expect(try proxy.status(of: address, by: "192.0.2.2") == "421")
      #expect(login.isRunning)
      #expect(try proxy.status(of: address, by: "192.0.2.1") == "200")
      #expect(machine.folder.text("srv/xmcp/page")?.contains("You’re signed in") == true)
      let outcome = login.wait()
      #expect(outcome.status == 0, "\(outcome.errors)")
    },
    """
    docker run --rm -it -p 127.0.0.1:8976:8976 -v /srv/xmcp:/srv/xmcp \\
      -w /srv/xmcp xmcp xauth login --no-browser --listen 0.0.0.0
    """: { example in
      let machine = try ReaderMachine()
      // What is mounted is there already, by the same name.
      machine.play(
        "docker",
        """
        [ "$1 $2 $3" = 'run --rm -it' ] && shift 3 && cd / || exit 1
        while [ "$1" != xmcp ]; do
          case "$1" in
            -v) [ -d "${2%%:*}" ] && [ "${2%%:*}" = "${2#*:}" ] || exit 1 ;;
            -w) cd "$2" || exit 1 ;;
          esac
          shift 2
        done
        shift
        exec "$@"
        """)
      // A published port arrives at the container's own address, not at its loopback.
      let outcome = try machine.loginElsewhere(
        example, options: "--connect-to 127.0.0.1:8976:192.0.2.2:8976")
      #expect(machine.calls(of: "docker").first?.contains(" -p 127.0.0.1:8976:8976 ") == true)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.errors.contains("127.0.0.1%3A8976%2Foauth%2Fcallback&"))
    },
  ]

  /// Runs `example` where the tailnet gives a certificate for its name of this machine.
  private static func getCertificate(by example: String, on machine: ReaderMachine) throws {
    machine.play(
      "tailscale",
      """
      [ "$1 $2 $4" = 'cert --cert-file --key-file' ] || exit 1
      cp '\(machine.certificate)' "$3" && install -m 600 '\(machine.certificateKey)' "$5"
      """)
    _ = try machine.output(of: example)
  }
}
