import Testing
@testable import XAuthTool

private let url = "https://x.com/i/oauth2/authorize?client_id=a%20b&state='s'&x=1"

private func candidates(
  _ environment: [String: String] = [:], option: String? = nil,
  on desktop: BrowserChoice.Desktop = .linux, installed: [String]
) -> [[String]] {
  BrowserChoice(option: option, environment: environment) {
    installed.contains($0) ? "/usr/bin/\($0)" : nil
  }.candidates(for: url, on: desktop)
}

@Suite struct BrowserTests {
  @Test("The option is obeyed alone, installed or not")
  func option() {
    let chosen = candidates(
      ["BROWSER": "firefox", "DISPLAY": ":0"], option: "chromium --incognito",
      installed: ["firefox", "xdg-open"])
    #expect(chosen == [["chromium", "--incognito", url]])
  }

  @Test("BROWSER lists alternatives, and those that are installed come before the opener")
  func alternatives() {
    let chosen = candidates(
      ["BROWSER": "netscape:w3m:firefox -P 'my profile' %s", "DISPLAY": ":0"],
      installed: ["firefox", "w3m", "xdg-open"])
    #expect(
      chosen == [["w3m", url], ["firefox", "-P", "my profile", url], ["xdg-open", url]])
  }

  @Test(
    "A command is split as a shell would, and the URL stays one word",
    arguments: [
      ("b --app=%s", ["b", "--app=\(url)"]),
      ("b 100%% %s %s", ["b", "100%", url, url]),
      ("b %%s", ["b", "%s", url]),
      ("b '' \"a \\\" b\" c\\ d 'e\\'", ["b", "", "a \" b", "c d", "e\\", url]),
      ("b $HOME `id` ; | *", ["b", "$HOME", "`id`", ";", "|", "*", url]),
      ("b %s &", ["b", url]),
      ("b 'never closed", ["b", "never closed", url]),
      ("b %", ["b", "%", url]),
    ])
  func words(_ command: String, _ expected: [String]) {
    #expect(candidates(option: command, installed: []) == [expected])
  }

  @Test(
    "A program that is named and not there is told, with who names it",
    arguments: [
      ("firefoxx --new", "", "--browser firefoxx"), (nil, "nothere", "BROWSER nothere"),
      (nil, "a:b %s", "BROWSER a"), (nil, "a:firefox", nil), (nil, "none", nil), (nil, "", nil),
      ("firefox", "nothere", nil), (" ", "", nil),
    ])
  func missing(_ option: String?, _ browser: String, _ expected: String?) {
    let choice = BrowserChoice(option: option, environment: ["BROWSER": browser]) {
      $0 == "firefox" ? $0 : nil
    }
    #expect(choice.missing.map { "\($0.source) \($0.program)" } == expected)
  }

  @Test("An option without a word opens nothing")
  func blankOption() { #expect(candidates(option: "  ", installed: ["xdg-open"]).isEmpty) }

  @Test("A path with spaces that is a program is one word")
  func spaces() {
    let path = "/mnt/c/Program Files/Firefox/firefox.exe"
    #expect(candidates(["BROWSER": path], installed: [path]) == [[path, url]])
  }

  @Test("BROWSER=none opens nothing")
  func noBrowser() {
    #expect(candidates(["BROWSER": "none", "DISPLAY": ":0"], installed: ["xdg-open"]).isEmpty)
  }

  @Test("Without a display the opener isn't tried, but BROWSER still is")
  func noDisplay() {
    #expect(candidates(["DISPLAY": ""], installed: ["xdg-open"]).isEmpty)
    #expect(
      candidates(["BROWSER": "code-helper"], installed: ["xdg-open", "code-helper"])
        == [["code-helper", url]])
    #expect(
      candidates(["WAYLAND_DISPLAY": "wayland-0"], installed: ["xdg-open"]) == [["xdg-open", url]])
  }

  @Test("Under WSL the browser is Windows', and no character of the URL is lost on PowerShell")
  func wsl() {
    #expect(candidates(on: .wsl, installed: ["wslview"]) == [["wslview", url]])
    let doubled = "https://x.com/i/oauth2/authorize?client_id=a%20b&state=''s''&x=1"
    #expect(
      candidates(on: .wsl, installed: ["powershell.exe"]) == [
        [
          "powershell.exe", "-NoProfile", "-NonInteractive", "-Command",
          "Start-Process '\(doubled)'",
        ]
      ])
  }

  @Test("WSL is told by its variable or by the kernel's signature")
  func desktop() {
    let microsoft = "Linux version 5.15.90.1-microsoft-standard-WSL2"
    #expect(BrowserChoice.Desktop.current(environment: [:], kernelVersion: microsoft) == .wsl)
    #expect(
      BrowserChoice.Desktop.current(
        environment: ["WSL_DISTRO_NAME": "Debian"], kernelVersion: nil) == .wsl)
    #expect(
      BrowserChoice.Desktop.current(
        environment: ["WSL_DISTRO_NAME": ""], kernelVersion: "Linux version 6.1.0 (Debian)")
        == .linux)
  }

  @Test("The browser's environment lacks every secret and nothing else")
  func environment() {
    let secrets = [
      "CLIENT_SECRET", "X_OAUTH2_ACCESS_TOKEN", "X_OAUTH2_REFRESH_TOKEN",
      "X_OAUTH_ACCESS_TOKEN", "X_OAUTH_ACCESS_TOKEN_SECRET", "X_OAUTH_CONSUMER_SECRET",
    ]
    var all = ["PATH": "/bin", "DISPLAY": ":0", "CLIENT_ID": "i"]
    let harmless = all
    for name in secrets { all[name] = "secret" }
    #expect(Environment(all).without(SettingName.secrets).all == harmless)
  }
}

@Suite struct RemoteSessionTests {
  private func hint(_ environment: [String: String], files: [String] = []) -> RemoteSession {
    RemoteSession(environment: environment) { files.contains($0) }
  }

  @Test("Over SSH the line leads the port to where we listen, at the address that was reached")
  func ssh() {
    let over = hint(["SSH_CONNECTION": "192.0.2.7 50000 198.51.100.9 22", "USER": "ada"])
    #expect(
      over.forwarding(port: 8976, host: "127.0.0.1", hostName: "box")
        == "ssh -L 8976:127.0.0.1:8976 ada@198.51.100.9")
    #expect(!over.isContainer)
  }

  @Test("Another port, IPv6 and an address of no use to others are minded")
  func oddServers() {
    let six = hint(["SSH_CONNECTION": "2001:db8::7 50000 2001:db8::9 2222"])
    #expect(
      six.forwarding(port: 8976, host: "::1", hostName: "box")
        == "ssh -L '8976:[::1]:8976' -p 2222 2001:db8::9")
    let local = hint(["SSH_CONNECTION": "fe80::1%eth0 50000 fe80::2%eth0 22", "USER": "ada"])
    #expect(
      local.forwarding(port: 1, host: "localhost", hostName: "box")
        == "ssh -L 1:localhost:1 ada@box")
  }

  @Test("SSH is noticed by what sudo or a multiplexer may have left of it")
  func remains() {
    let client = hint(["SSH_CLIENT": "192.0.2.7 50000 2222"])
    #expect(
      client.forwarding(port: 1, host: "127.0.0.1", hostName: "box")
        == "ssh -L 1:127.0.0.1:1 -p 2222 box")
    let tty = hint(["SSH_TTY": "/dev/pts/0", "USER": "ada"])
    #expect(
      tty.forwarding(port: 1, host: "127.0.0.1", hostName: "box")
        == "ssh -L 1:127.0.0.1:1 ada@box")
  }

  @Test("Nothing that a shell would act on gets into the line")
  func hostile() {
    let user = hint(["SSH_CONNECTION": "1.2.3.4 5 6.7.8.9 22", "USER": "a;reboot"])
    #expect(
      user.forwarding(port: 1, host: "::1", hostName: "box") == "ssh -L '1:[::1]:1' 6.7.8.9")
    #expect(hint(["SSH_CONNECTION": "1.2.3.4 5 -oProxyCommand=x 22"]).ssh == nil)
    #expect(hint(["SSH_CONNECTION": "garbage"]).ssh == nil)
  }

  @Test("What is no port isn't taken for one", arguments: ["0", "65536", "-22", "+22", "ssh", ""])
  func noPort(port: String) {
    #expect(hint(["SSH_CONNECTION": "1.2.3.4 5 6.7.8.9 \(port)"]).ssh == nil)
    #expect(hint(["SSH_CLIENT": "1.2.3.4 5 \(port)"]).ssh == nil)
  }

  @Test("Containers are told by their marks")
  func containers() {
    #expect(hint([:], files: ["/.dockerenv"]).isContainer)
    #expect(hint([:], files: ["/run/.containerenv"]).isContainer)
    #expect(hint(["container": "podman"]).isContainer)
    #expect(hint([:]) == hint(["SSH_CONNECTION": "", "container": ""]))
    #expect(hint([:]).forwarding(port: 1, host: "::1", hostName: "box") == nil)
  }
}
