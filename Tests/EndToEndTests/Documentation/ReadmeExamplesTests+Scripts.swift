import Foundation
import TestSupport
import Testing

/// The repository's own scripts, called in a clone of it.
extension ReadmeExamplesTests {
  static let scriptTrials: [String: Trial] = [
    "try": { example in
      let bin = try await Checkout.programs()
      let machine = try ReaderMachine(isInstalled: false)
      // All tests within one of them would come to no end: `swift test`, and the build of the tests,
      // are played, and looked at. All other builds are real.
      machine.play(
        "swift",
        """
        case "$*" in
          *--build-tests* | test*) ;;
          *) exec '\(try #require(Checkout.swift))' "$@" ;;
        esac
        """)
      mkdir(machine.folder.file("tmp"), 0o700)
      let outcome = try machine.shell(
        example,
        environment: CheckoutUser.environment(of: machine).merging([
          "TMPDIR": machine.folder.file("tmp")
        ]) { $1 }, in: Checkout.path, seconds: 120)
      #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
      let parts = ["\(bin)/xauth", "signed in as @sandbox", "everything went as it should"]
      for part in parts { #expect(outcome.output.contains(part), "\(outcome.output)") }
      #expect(try machine.output(of: "find '\(machine.folder.file("tmp"))' -name 'tmp.*'") == "")
      let tests = machine.calls(of: "swift").filter { $0.hasPrefix("test") }
      #expect(tests == ["test --skip-build --disable-xctest"])
    },
    "install": { example in
      _ = try await Checkout.programs()
      let typed = example.split(separator: "\n").map(String.init)
      try #require(typed.count == 3)
      for user in try CheckoutUser.all() {
        let own = "\(user.prefix)/bin/xauth"
        try expectSuccess(of: user.type(typed[0]))
        #expect(try user.machine.output(of: "\(own) version").hasPrefix("xauth "))
        #expect(try !user.machine.output(of: "ldd \(own)").contains("swift"))
        #expect(try user.type("man -w xauth").output.hasSuffix("/man/man1/xauth.1\n"))
        try expectSuccess(of: user.type(typed[1]))
        #expect(try user.machine.output(of: "/opt/x/bin/xauth version").hasPrefix("xauth "))
        try expectSuccess(of: user.type(typed[2]))
        #expect(try user.machine.shell("ls \(own)").status != 0)
        #expect(try user.machine.shell("ls /opt/x/bin/xauth").status == 0)
      }
    },
    "contribute": { example in
      let calls = example.split(separator: "\n").map(ContributingTests.call(in:))
      #expect(calls.sorted() == ContributingTests.trials.keys.sorted())
    },
  ]

  static let packageTrials: [String: Trial] = [
    "from-release": { example in
      let version = try await Checkout.version()
      let machine = try ReaderMachine(isInstalled: false, layers: ["/etc", "/usr", "/var"])
      let downloads = "\(machine.home)/downloads"
      try FileManager.default.copyItem(atPath: Checkout.release, toPath: downloads)
      let python = "\(Repository.path)/.build-tools/venv/bin/python"
      machine.play(
        "pipx",
        """
        [ "$1" = install ] || exit 1
        exec '\(python)' -m pip install --quiet --no-index --ignore-installed \
          --prefix "$HOME/.local" "$2"
        """)
      let path =
        "\(machine.folder.file("bin")):/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
      let outcome = try machine.shell(
        example, environment: ["PATH": path], in: downloads, seconds: 120)
      #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
      #expect(outcome.output.components(separatedBy: ": OK\n").count == 4)
      let found = try machine.output(
        of: """
          /usr/local/bin/xauth version
          /usr/bin/x-auth version
          ~/.local/bin/x-auth version
          test -s ~/.local/share/man/man1/x-auth.1
          test -s ~/.local/share/bash-completion/completions/x-auth
          # Debian has a link /usr/local/man.
          man -w x-auth | sed 's,^/usr/local/man/,/usr/local/share/man/,'
          dpkg-query --show --showformat '${Package} ${db:Status-Status}\\n' x-auth
          dpkg-query --listfiles x-auth | grep bin/
          """, environment: ["PATH": path])
      #expect(
        found == """
          xauth \(version)
          x-auth \(version)
          x-auth \(version)
          /usr/local/share/man/man1/x-auth.1
          x-auth installed
          /usr/bin/x-auth

          """)
    }
  ]

  private static func expectSuccess(of outcome: Child.Outcome) {
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
  }
}
