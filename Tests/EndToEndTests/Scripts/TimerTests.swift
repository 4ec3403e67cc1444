import Foundation
import TestSupport
import Testing

/// `scripts/install --timer` under a user instance of systemd itself, in namespaces of its own; and without
/// one.
@Suite("scripts/install --timer")
struct TimerTests {
  private static let hasSystemd =
    geteuid() == 0
    && (try? Child.run("/usr/bin/unshare", ["--mount", "--pid", "--fork", "/bin/true"]))?.status
      == 0

  private let stage: RotationStage
  private var folder: TemporaryFolder { stage.folder }

  init() throws {
    stage = try RotationStage()
    stage.makeDue()
  }

  private static let install = "\(Repository.path)/scripts/install"

  private func run(
    _ script: String, as launcher: [String] = [], seconds: Double = 60
  ) throws -> Child.Outcome {
    let environment = [
      "HOME": folder.path, "PATH": "\(folder.file(".local/bin")):/usr/bin:/bin",
      "PROGRAM": Child.built("xauth"), "SCRIPTS": "\(Repository.path)/scripts",
    ]
    let command = launcher + ["/bin/bash", "-euo", "pipefail", "-c", script]
    return try Child(
      command[0], Array(command.dropFirst()), environment: environment, folder: folder.path
    ).wait(seconds: seconds)
  }

  /// A user's systemd, which believes that the machine was started by it.
  private static let systemd = """
    mount -t tmpfs tmpfs /run
    export XDG_RUNTIME_DIR=/run/user/0
    mkdir -p /run/systemd/system "$XDG_RUNTIME_DIR"
    chmod 700 "$XDG_RUNTIME_DIR"
    /lib/systemd/systemd --user >systemd.log 2>&1 &
    for ((i = 0; i < 200; i++)); do
      systemctl --user show-environment >/dev/null 2>&1 && break
      sleep 0.05
    done

    """

  @Test(
    "the timer is there, and its service renews; uninstall ends it",
    .enabled(if: hasSystemd, "needs root, and namespaces"))
  func timer() throws {
    let before = stage.access
    let outcome = try run(
      Self.systemd + """
        mkdir 'a folder'
        cp .env 'a folder/50%$HOME.env'
        file="$PWD/a folder/50%\\$HOME.env"
        "$SCRIPTS/install" --prefix .local --binary "$PROGRAM" --timer --env-file "$file" 2>&1
        unit=$(systemd-escape --path --template=x-auth-refresh@.timer -- "$file")
        systemctl --user is-enabled -- "$unit"
        systemctl --user is-active -- "$unit"
        systemctl --user start -- "${unit%.timer}.service"
        grep ACCESS_TOKEN "$file"
        x-auth doctor --env-file "$file" | grep -A1 timer || true
        "$SCRIPTS/uninstall" --prefix .local 2>&1
        systemctl --user is-active -- "$unit" || true
        find .config .local -type f -o -type l
        kill %1
        """, as: ["/usr/bin/unshare", "--mount", "--pid", "--fork", "--mount-proc"])
    #expect(outcome.status == 0, "\(outcome.output) \(outcome.errors)")
    let said = outcome.output
    #expect(said.contains("50%$HOME.env are renewed every 20 minutes\n"))
    #expect(said.contains("sudo loginctl enable-linger root"))
    #expect(said.contains("enabled\nactive\n"))
    let renewed = said.split(separator: "\n").first { $0.hasPrefix("X_OAUTH2_ACCESS_TOKEN=") }
    #expect(renewed != nil && renewed != "X_OAUTH2_ACCESS_TOKEN=\(before ?? "")")
    #expect(stage.outcomes == ["refreshed"])
    #expect(said.contains("timer        x-auth-refresh@"))
    #expect(said.hasSuffix("is gone from \(folder.file(".local"))\ninactive\n"))
  }

  @Test("where there is no systemd of the user's, the line for cron is printed, and cron runs it")
  func cron() throws {
    let outcome = try run(
      """
      mkdir 'a folder'
      cp .env "a folder/it's 50%.env"
      cd 'a folder'
      "$SCRIPTS/install" --prefix ../.local --binary "$PROGRAM" --timer --env-file "it's 50%.env" 2>../said
      """)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(folder.text("said")?.contains("run crontab -e and add this line") == true)
    let line = outcome.output.trimmingCharacters(in: .newlines)
    #expect(line.hasPrefix("*/20 * * * * /"))
    // What cron(8) hands to the shell: after five fields, up to a % that isn't quoted.
    let command = line.split(separator: " ", maxSplits: 5)[5].replacing("\\%", with: "%")
    let refreshed = try Child.run(
      "/bin/sh", ["-c", String(command)],
      environment: ["HOME": folder.path, "PATH": "/usr/bin:/bin"], folder: folder.path)
    #expect(refreshed.status == 0 && refreshed.errors == "", "\(refreshed.errors)")
    #expect(stage.outcomes == ["refreshed"])
  }

  @Test("without tokens, or for another user's file, nothing is set up")
  func refused() throws {
    let missing = try run("\"$SCRIPTS/install\" --prefix .local --timer --env-file none")
    #expect(missing.status == 1)
    #expect(missing.errors.contains("log in first"))
    guard geteuid() == 0 else { return }
    chown(stage.path, 65534, 65534)
    let foreign = try run("\"$SCRIPTS/install\" --prefix .local --timer")
    #expect(foreign.status == 1)
    #expect(foreign.errors.contains("belongs to another user"))
  }
}
