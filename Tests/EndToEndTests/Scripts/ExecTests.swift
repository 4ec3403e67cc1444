import Foundation
import TestSupport
import Testing

@Suite("exec, end to end")
struct ExecTests {
  @Test("the command is the same process, with its arguments, streams and status")
  func sameProcess() throws {
    let stage = try RotationStage()
    let child = try stage.start([
      "exec", "--", "sh", "-c", "echo $$ \"$1\"; cat; exit 7", "sh", "-x",
    ])
    child.type("input")
    let id = child.id
    let outcome = child.wait()
    #expect(outcome.output == "\(id) -x\ninput")
    #expect(outcome.status == 7)
  }

  @Test("a signal is the command's")
  func signals() throws {
    let stage = try RotationStage()
    let child = try stage.start([
      "exec", "--", "sh", "-c",
      "trap 'echo caught; exit 3' TERM; echo ready; while :; do sleep 0.05; done",
    ])
    #expect(eventually { child.outputSoFar.contains("ready") })
    child.signal(SIGTERM)
    let outcome = child.wait()
    #expect(outcome.output == "ready\ncaught\n")
    #expect(outcome.status == 3)
  }

  @Test("a token that is due is renewed first, and neither refresh token nor secret passes on")
  func renews() throws {
    let stage = try RotationStage()
    let before = try #require(stage.access)
    let outcome = try stage.run(
      "exec", "env", environment: ["CLIENT_SECRET": "s", "X_OAUTH2_REFRESH_TOKEN": "r"])
    let after = try #require(stage.access)
    #expect(before != after)
    #expect(outcome.output.contains("X_OAUTH2_ACCESS_TOKEN=\(after)\n"))
    for withheld in ["CLIENT_SECRET=", "X_OAUTH2_REFRESH_TOKEN=", try #require(stage.refresh)] {
      #expect(!outcome.output.contains(withheld))
    }
  }

  @Test("no such command is 127, one that can't be executed 126, and neither costs a token")
  func notStarted() throws {
    let stage = try RotationStage()
    let plain = stage.folder.write("not a program", to: "plain")
    #expect(try stage.run("exec", "--", "no-such-command-of-ours").status == 127)
    #expect(try stage.run("exec", "--", stage.folder.file("none")).status == 127)
    #expect(try stage.run("exec", "--", plain).status == 126)
    #expect(stage.events.isEmpty)
  }

  @Test("arguments and variables that aren't UTF-8 reach the command byte for byte")
  func bytes() throws {
    let stage = try RotationStage()
    let outcome = try Child.run(
      "/bin/bash",
      [
        "-c",
        #"""
        NAME=$'caf\xe9' "$0" exec -- sh -c 'printf %s "$NAME" "$1" "$2" | od -An -tx1' sh \
          $'\xff' $'\xfe.txt'
        """#, Child.built("xauth"),
      ], environment: stage.environment, folder: stage.folder.path)
    #expect(outcome.output == " 63 61 66 e9 ff fe 2e 74 78 74\n", "\(outcome.errors)")
    let named = try Child.run(
      "/bin/bash",
      ["-c", #"env $'N\xe9=caf\xe9' "$0" exec env | grep -a ^N | od -An -tx1"#]
        + [Child.built("xauth")], environment: stage.environment, folder: stage.folder.path)
    #expect(named.output == " 4e e9 3d 63 61 66 e9 0a\n", "\(named.errors)")
  }

  @Test("an empty PATH is the working folder, as in a shell")
  func emptyPath() throws {
    let stage = try RotationStage()
    stage.folder.write("#!/bin/sh\necho here\n", to: "ours", mode: 0o700)
    #expect(try stage.run("exec", "ours", environment: ["PATH": ""]).output == "here\n")
    #expect(try stage.run("exec", "env", environment: ["PATH": ""]).status == 127)
  }

  @Test("a command that outgrows the limit on files is ended by it, as without us")
  func fileSizeSignal() throws {
    let stage = try RotationStage()
    let outcome = try Child.run(
      "/bin/bash",
      [
        "-c", "trap 'exit 9' XFSZ; \"$0\" exec -- sh -c 'ulimit -f 0; echo x >big'; echo $?",
        Child.built("xauth"),
      ], environment: stage.environment, folder: stage.folder.path)
    #expect(outcome.output == "\(128 + SIGXFSZ)\n", "\(outcome.errors)")
  }

  @Test("a script without a first line is the shell's, as in a shell")
  func withoutInterpreter() throws {
    let stage = try RotationStage()
    let script = stage.folder.write("echo script $1\n", to: "script", mode: 0o700)
    #expect(try stage.run("exec", script, "one").output == "script one\n")
  }

  @Test("the command isn't run when the --on-rotate command fails, and the tokens are saved")
  func hook() throws {
    let stage = try RotationStage()
    let before = stage.access
    let outcome = try stage.run("exec", "--on-rotate", "exit 1", "--", "echo", "ran")
    #expect(outcome.status == 1)
    #expect(outcome.output == "")
    #expect(stage.access != before)
  }
}
