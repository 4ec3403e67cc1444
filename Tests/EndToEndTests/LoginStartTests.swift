import Foundation
import TestSupport
import Testing

/// Other users of a machine see the arguments of every program on it.
@Suite("A login's start address")
struct LoginStartTests {
  /// What curl gets at `address` with what it keeps in the folder's cookie jar of that name.
  private func get(
    _ address: String, jar: String, on stage: LoginStage
  ) throws -> (status: String, redirect: String) {
    let outcome = try Child.run(
      "/usr/bin/curl",
      [
        "--noproxy", "*", "--silent", "--cookie", jar, "--cookie-jar", jar, "--output", "page.html",
        "--write-out", "%{http_code} %{redirect_url}", address,
      ], environment: LoginStage.environment, folder: stage.folder.path)
    let words = outcome.output.split(separator: " ", omittingEmptySubsequences: false)
    return (String(words.first ?? ""), String(words.last ?? ""))
  }

  @Test("The state is in no program's arguments, nor in the browser's environment")
  func unseen() throws {
    let stage = try LoginStage()
    stage.folder.write(
      """
      #!/bin/sh
      printf '%s\\n' "$@" > arguments
      { cat /proc/[0-9]*/cmdline /proc/$$/environ; } 2> /dev/null | tr '\\0' '\\n' > seen
      exec ./browser "$1"

      """, to: "looks", mode: 0o700)
    let outcome = try stage.start(
      [], environment: ["BROWSER": stage.folder.file("looks")]
    ).wait()
    #expect(outcome.status == 0, "\(outcome.errors)")
    let state = LoginFailureTests.state(in: stage.page?.address ?? "")
    #expect(state.count == 43)
    let seen = stage.folder.text("seen") ?? ""
    #expect(seen.contains(stage.folder.file("looks")))
    #expect(!seen.contains(state))
    #expect(!outcome.errors.contains(state), "nor on a screen that somebody may see")
    let arguments = stage.folder.text("arguments") ?? ""
    let path = arguments.dropFirst("http://127.0.0.1:\(stage.port)/".count).dropLast()
    #expect(arguments.hasPrefix("http://127.0.0.1:\(stage.port)/"))
    #expect(path.count == 16 && !path.contains("/"))
  }

  @Test("The first client has it for itself; a second one gets no state, and both are told")
  func second() throws {
    let stage = try LoginStage()
    let child = try stage.start(["--browser", "true"])
    let address = child.startAddress()
    let first = try get(address, jar: "first", on: stage)
    #expect(first.status == "302")
    #expect(first.redirect.hasPrefix("\(stage.api)/i/oauth2/authorize?"))
    for _ in 0..<2 {
      let second = try get(address, jar: "second", on: stage)
      #expect(second.status == "409" && second.redirect.isEmpty)
      let page = stage.folder.text("page.html") ?? ""
      #expect(page.contains("This login is open in another browser"))
      #expect(!page.contains(LoginFailureTests.state(in: first.redirect)))
    }
    #expect(try get(address, jar: "first", on: stage) == first)
    try stage.browse(first.redirect)
    let outcome = child.wait()
    #expect(outcome.status == 0)
    let warnings = outcome.errors.components(separatedBy: "warning: a second browser opened this")
    #expect(warnings.count == 2, "\(outcome.errors)")
  }

  @Test("Somebody who is faster and signs in: the user's browser and terminal still say so")
  func overtaken() throws {
    let stage = try LoginStage()
    stage.folder.write(
      """
      #!/bin/sh
      curl --noproxy '*' --silent --location --output stranger.html "$1"
      exec ./browser "$1"

      """, to: "slow", mode: 0o700)
    let outcome = try stage.start(["--browser", stage.folder.file("slow")]).wait()
    #expect(stage.folder.text("stranger.html")?.contains("You’re signed in") == true)
    #expect(stage.page?.heading == "This login is open in another browser")
    #expect(outcome.errors.contains("warning: a second browser opened this login"))
  }

  @Test("Enter prints the long address, which works anywhere, as often as it is pressed")
  func enter() throws {
    let stage = try LoginStage()
    let outcome = try TerminalSession.login(
      stage, ["--browser", "true"],
      doing: [
        .expect("nothing opened.* left"), .echo(false), .send("\n"), .address, .send("\n"),
        .next("Open this"), .fetch("${address}"), .send("${redirect}\n"),
      ], as: "login-enter")
    #expect(outcome.echo)
  }

  @Test("A browser that fails: the long address is printed after all")
  func failing() throws {
    let stage = try LoginStage()
    let child = try stage.start(["--browser", "false"])
    try stage.browse(child.authorizeAddress())
    let outcome = child.wait()
    #expect(outcome.status == 0)
    #expect(outcome.errors.contains("warning: the browser could not be opened"))
  }

  @Test("Behind a proxy the browser is started with loopback, not with the proxy's name")
  func behindProxy() throws {
    let stage = try LoginStage(registered: "https://auth.example.com/oauth/callback")
    let child = try stage.start(
      ["--browser", "true"],
      environment: [
        "X_OAUTH_CALLBACK_HOST": "auth.example.com", "X_OAUTH_CALLBACK_PORT": "443",
        "X_OAUTH_CALLBACK_SCHEME": "https", "X_OAUTH_CALLBACK_LISTEN": "0.0.0.0:\(stage.port)",
      ])
    let address = child.startAddress()
    #expect(address.hasPrefix("http://127.0.0.1:\(stage.port)/"))
    #expect(
      try get(address, jar: "jar", on: stage).redirect
        .hasPrefix("\(stage.api)/i/oauth2/authorize?"))
    child.signal(SIGTERM)
    #expect(child.wait().status == 128 + SIGTERM)
  }

  @Test("Under --paste nothing listens at such an address, so no browser is started")
  func paste() throws {
    let stage = try LoginStage()
    stage.folder.write("#!/bin/sh\ntouch started\n", to: "starts", mode: 0o700)
    let outcome = try TerminalSession.login(
      stage, ["--paste"], environment: ["BROWSER": stage.folder.file("starts")], doing: .paste)
    #expect(outcome.status == 0)
    #expect(stage.folder.text("started") == nil)
  }
}
