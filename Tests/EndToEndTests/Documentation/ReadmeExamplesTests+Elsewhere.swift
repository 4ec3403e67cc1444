import Foundation
import TestSupport
import Testing

/// Where the browser, or the server, is on another machine.
extension ReadmeExamplesTests {
  static let elsewhereTrials: [String: Trial] = [
    "ssh": { example in
      let machine = try ReaderMachine()
      // A shell in the home on the server, which gets what is typed from then on.
      machine.play("ssh", "cd && exec bash -euo pipefail -s")
      let outcome = try machine.loginElsewhere(example)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.errors.contains("signed in as @sandbox"))
      #expect(machine.calls(of: "ssh") == ["-L 8976:127.0.0.1:8976 you@server"])
      #expect(outcome.errors.contains("  http://127.0.0.1:8976/oauth/callback\n"))
      #expect(machine.calls(of: "browser") == [])
    },
    "tailnet-certificate": { example in
      let machine = try ReaderMachine()
      try getCertificate(by: example, on: machine)
      for setting in try lines(of: "tailnet") where setting.hasPrefix("TLS_") {
        let name = try #require(setting.split(separator: "=").last)
        #expect(machine.folder.bytes("srv/xmcp/\(name)") != nil)
      }
      #expect(machine.calls(of: "tailscale").first?.hasSuffix(" box.example.ts.net") == true)
    },
    "tailnet": { example in
      let redirectURI = "https://box.example.ts.net:8976/oauth/callback"
      let machine = try ReaderMachine(redirectURI: redirectURI)
      try getCertificate(by: text(of: "tailnet-certificate"), on: machine)
      machine.folder.write("CLIENT_ID=sandbox-client\n\(example)", to: "srv/xmcp/.env")
      let report = try machine.shell("xauth show --verbose")
      #expect(report.output.contains("callback  \(redirectURI)\n"))
      let outcome = try machine.loginElsewhere("xauth login --no-browser")
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(machine.folder.text("srv/xmcp/page")?.contains("You’re signed in") == true)
    },
    "reverse-proxy": { example in
      let machine = try ReaderMachine()
      machine.folder.write("CLIENT_ID=sandbox-client\n\(example)", to: "srv/xmcp/.env")
      let report = try machine.shell("xauth show --verbose")
      #expect(report.output.contains("callback  https://auth.example.com/oauth/callback\n"))
    },
    "reverse-proxy-host": { example in
      let machine = try ReaderMachine(redirectURI: "https://auth.example.com/oauth/callback")
      machine.folder.write(
        "CLIENT_ID=sandbox-client\n\(try text(of: "reverse-proxy"))", to: "srv/xmcp/.env")
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
      // The program itself asks for the same line.
      let line = try #require(example.split(separator: "\n").first { $0.contains("Host") })
      let help = try machine.output(of: "xauth help environment")
      let asked = help.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      #expect(asked.contains(line.split(separator: " ").joined(separator: " ").dropLast()))
    },
    "container": { example in
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
      #expect(outcome.errors.contains("  http://127.0.0.1:8976/oauth/callback\n"))
    },
    "remote-token": { example in
      let machine = try ReaderMachine.signedIn()
      // The words as one line, to a shell in the home.
      machine.play("ssh", "shift && cd && exec sh -c \"$*\"")
      #expect(try machine.output(of: example).hasPrefix("sandbox-access-"))
      #expect(machine.calls(of: "ssh").first?.hasPrefix("server ") == true)
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
