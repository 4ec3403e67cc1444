import CommandTable
import Testing

@testable import XAuthTool

@Suite("Exit codes: a contract with scripts")
struct ExitCodeTests {
  @Test("have the numbers that scripts were told")
  func numbers() {
    #expect(ExitCode.done.rawValue == 0)
    #expect(ExitCode.unexpected.rawValue == 1)
    #expect(ExitCode.usage.rawValue == 2)
    #expect(ExitCode.loginNeeded.rawValue == 3)
    #expect(ExitCode.settings.rawValue == 4)
    #expect(ExitCode.notSaved.rawValue == 5)
    #expect(ExitCode.temporary.rawValue == 75)
    #expect(ExitCode.cannotExecute.rawValue == 126)
    #expect(ExitCode.commandNotFound.rawValue == 127)
    #expect(ExitCode.own.count == 9)
  }

  @Test("of every command are those of a wrong option and of a standard output that is closed too")
  func ofEveryCommand() {
    for command in Tool.xauth(named: "xauth").commands {
      #expect(command.exitCodes.prefix(3) == [0, 1, 2], "\(command.name)")
    }
    for arguments in [
      ["show"], ["doctor"], ["token"], ["export"], ["header", "https://api.x.com/2/users/me"],
      ["completion", "bash"], ["help"], ["version"],
    ] {
      let world = World.loggedIn(for: 3600)
      world.isOutputClosed = true
      let run = world.run(arguments)
      #expect(run.status == 1, "\(arguments)")
      #expect(run.errors.contains("can't write to standard output"))
    }
  }

  @Test("of a bad address to listen on is 2 on the command line, and 4 in a setting")
  func listenAddress() {
    let option = World()
    let setting = World("X_OAUTH_CALLBACK_LISTEN=127.0.0.1:x\n")
    let runs = [
      option.run("login", "--json", "--listen", "127.0.0.1:x"), setting.run("login", "--json"),
    ]
    #expect(runs.map(\.status) == [2, 4])
    #expect(runs.map(\.errorCode) == ["bad_listen_address", "bad_listen_address"])
    #expect(runs[0].output.contains("--listen=127.0.0.1:x is not an address"))
    #expect(runs[1].output.contains("X_OAUTH_CALLBACK_LISTEN=127.0.0.1:x from the file, line 2"))
    #expect(option.network.requests.isEmpty && setting.network.requests.isEmpty)
  }

  @Test(
    "of a standard output that is closed says what was done all the same, and the hook is run",
    arguments: [
      ["refresh", "--json"], ["token"], ["token", "--json"], ["header", "https://api.x.com"],
    ])
  func closedAfterSave(arguments: [String]) {
    let world = World(grantFor: 0)
    world.isOutputClosed = true
    world.network.script = [.granted("a1", "r1")]
    let run = world.run(arguments + ["--on-rotate", "notify"])
    #expect(run.status == 1)
    #expect(run.errors.contains("(Broken pipe); the tokens were renewed and are saved"))
    #expect(world.access == "a1")
    #expect(world.hook.calls.count == 1)
  }

  @Test("of a revocation whose result can't be printed says that it is done")
  func closedAfterRevocation() {
    let world = World(grantFor: 3600)
    world.isOutputClosed = true
    world.network.script = [.revoked, .revoked]
    let run = world.run("revoke", "--json")
    #expect(run.status == 1)
    #expect(run.errors.contains("; revoked the tokens at X and cleared them in \(world.path)"))
    #expect(!world.run("revoke", "--json").errors.contains(";"))
  }

  @Test("are JSON too, with what to do and whether to try again")
  func json() {
    let world = World(grantFor: 0)
    world.network.script = [.notReached, .notReached]
    let run = world.run("refresh", "--json")
    #expect(run.status == 75)
    #expect(run.output.contains(#""exit":75"#))
    #expect(run.output.contains(#""retryable":true"#))
    #expect(run.output.contains(#""hint":"later runs try again, or `xauth refresh` does at once""#))
    #expect(run.output.contains(#""version":1"#))
    #expect(run.errors.isEmpty)
    let refused = World().run("refresh", "--json")
    #expect(refused.output.contains(#""retryable":false"#))
    #expect(World().run("refresh", "--nonsense", "--json").errorCode == "usage")
  }

  @Test("come as JSON on standard output only from commands that print JSON there")
  func place() {
    let others: Set = ["token", "header", "exec", "proxy", "mcp", "completion", "help"]
    for name in Tool.xauth(named: "xauth").commands.map(\.name) {
      for arguments in [[name, "--nonsense"], ["--env-file", "none", name, "--nonsense"]] {
        let run = World().run(arguments + ["--json"])
        #expect(run.errorCode == "usage", "\(arguments)")
        #expect(run.output.isEmpty == others.contains(name), "\(arguments)")
      }
    }
    for (arguments, code) in [
      (["token"], "no_token"), (["header", "https://api.x.com/"], "no_token"),
      (["exec", "none"], "command_not_found"),
      (["exec", "--restart", "none"], "command_not_found"),
      (["proxy", "none"], "command_not_found"),
      (["mcp", "http://a.example"], "server_url_not_https"),
    ] {
      let run = World().run(["--json"] + arguments)
      #expect(run.errorCode == code && run.output.isEmpty, "\(arguments): \(run)")
    }
  }
}
