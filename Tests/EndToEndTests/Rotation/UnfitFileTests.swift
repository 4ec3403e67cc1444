import Foundation
import TestSupport
import Testing

@Suite("Files that a new token can't be saved in: seen before anything is sent")
struct UnfitFileTests {
  /// Whether a mount namespace of one's own can be had here.
  static let canMount: Bool = {
    guard geteuid() == 0 else { return false }
    let outcome = try? Child.run(
      "/usr/bin/unshare", ["-m", "/usr/bin/mount", "-t", "tmpfs", "tmpfs", "/mnt"],
      environment: ["PATH": "/usr/bin:/bin:/usr/sbin:/sbin"])
    return outcome?.status == 0
  }()

  /// Whether a FUSE can be mounted in it.
  static let canUseFUSE = isInstalled("/usr/bin/bindfs") && access("/dev/fuse", R_OK | W_OK) == 0

  /// Expects a refusal of `path` with this exit code, this error code and nothing sent.
  private func expectRefusal(
    _ stage: RotationStage, _ path: String = ".env", code: String,
    mentioning words: String = "error"
  ) throws {
    let run = try stage.run("refresh", "--env-file", path, "--json", seconds: 10)
    #expect(run.status == 4)
    #expect(run.output.contains(#""code":"\#(code)""#))
    #expect(run.output.contains(words))
    #expect(stage.outcomes.isEmpty)
  }

  /// Runs a script in a mount namespace of its own; `$XAUTH` is the tool.
  private func inNamespace(_ stage: RotationStage, _ script: String) throws -> Child.Outcome {
    let environment = stage.environment.merging([
      "XAUTH": Child.built("xauth"), "PATH": "/usr/bin:/bin:/usr/sbin:/sbin",
    ]) { $1 }
    return try Child.run(
      "/usr/bin/unshare", ["-m", "/bin/sh", "-ec", script], environment: environment,
      folder: stage.folder.path)
  }

  @Test("a write-protected file, with the way to allow it")
  func writeProtected() throws {
    let stage = try RotationStage()
    for mode in [0o400, 0o444] as [mode_t] {
      chmod(stage.path, mode)
      try expectRefusal(stage, code: "write_protected", mentioning: "chmod u+w")
    }
    chmod(stage.path, 0o600)
    #expect(try stage.run("refresh").status == 0)
  }

  @Test("a folder, a FIFO, a device and a dangling link in its place")
  func wrongKind() throws {
    let stage = try RotationStage()
    mkdir(stage.folder.file("folder"), 0o700)
    mkfifo(stage.folder.file("fifo"), 0o600)
    symlink("none/.env", stage.folder.file("dangling"))
    try expectRefusal(stage, "folder", code: "is_a_folder")
    try expectRefusal(stage, "fifo", code: "not_a_file")
    try expectRefusal(stage, "/dev/null", code: "not_a_file")
    try expectRefusal(stage, "dangling", code: "dangling_link", mentioning: "none")
  }

  @Test("a link to nothing stays one, and nothing is created")
  func linkToNothing() throws {
    let stage = try RotationStage()
    symlink("absent", stage.folder.file("link"))
    try expectRefusal(stage, "link", code: "env_file_missing")
    #expect(stage.folder.bytes("absent") == nil)
    #expect(!FileManager.default.fileExists(atPath: stage.folder.file("absent.xauth")))
  }

  @Test("a chain of links is followed: the file behind it changes, the links stay")
  func linkChain() throws {
    let stage = try RotationStage()
    mkdir(stage.folder.file("real"), 0o700)
    let real = stage.folder.file("real/env")
    rename(stage.path, real)
    symlink("real/env", stage.folder.file("one"))
    symlink(stage.folder.file("one"), stage.path)
    let before = stage.refresh
    #expect(try stage.run("refresh").status == 0)
    #expect(stage.refresh != before)
    var status = stat()
    #expect(lstat(stage.path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
    #expect(lstat(real, &status) == 0 && status.st_mode & S_IFMT == S_IFREG)
    #expect(stage.folder.bytes("real/env.xauth/lock") != nil)
    // Whoever names the file by another way finds the same lock and journal.
    #expect(try stage.run("token", "--env-file", real).status == 0)
  }

  @Test("a journal or a lock that somebody has put something else in place of")
  func stateFolder() throws {
    let stage = try RotationStage()
    stage.folder.write("", to: ".env.xauth")
    try expectRefusal(stage, code: "state_not_a_folder")
    unlink(stage.folder.file(".env.xauth"))
    mkdir(stage.folder.file(".env.xauth"), 0o700)
    mkfifo(stage.folder.file(".env.xauth/journal"), 0o600)
    try expectRefusal(stage, code: "state_folder_unsafe")
  }

  @Test("whoever may read the file and no more sees what it holds", .enabled(if: geteuid() == 0))
  func reader() throws {
    let stage = try RotationStage()
    #expect(try stage.run("refresh").status == 0)
    chmod(stage.folder.path, 0o755)
    chmod(stage.path, 0o644)
    let reader = ["--reuid=54321", "--regid=54321", "--clear-groups", Child.built("xauth")]
    func run(_ arguments: String...) throws -> Child.Outcome {
      try Child.run(
        "/usr/bin/setpriv", reader + arguments, environment: stage.environment,
        folder: stage.folder.path)
    }
    let token = try run("token")
    #expect(token.status == 0, "\(token.errors)")
    #expect(token.output == stage.access.map { $0 + "\n" })
    #expect(try run("show").status == 0)
    let refresh = try run("refresh", "--force", "--json")
    #expect(refresh.status == 4)
    #expect(refresh.output.contains(#""code":"not_owner""#))
    #expect(stage.outcomes == ["refreshed"])
  }

  @Test("a read-only file system", .enabled(if: canMount))
  func readOnly() throws {
    let stage = try RotationStage()
    for earlier in [[], ["refreshed"]] {
      #expect(stage.outcomes == earlier)
      let run = try inNamespace(
        stage,
        """
        mount --bind . . && mount -o remount,bind,ro . && cd "$PWD"
        INVOCATION_ID=0f "$XAUTH" doctor || true
        exec "$XAUTH" refresh --force --json
        """)
      #expect(run.status == 4)
      #expect(run.output.contains(#""code":"read_only_file_system""#))
      // As a service's doctor it names what keeps a service out.
      #expect(run.output.contains("→ add ReadWritePaths=\(stage.folder.path) to the service"))
      #expect(stage.outcomes == earlier)
      // From now on there are a lock and a journal.
      #expect(try stage.run("refresh").status == 0)
    }
  }

  @Test(
    "a mount where modes can't be set: doctor's cures can be carried out there",
    .enabled(if: canMount && canUseFUSE), arguments: ["--chmod-deny", "--chmod-ignore"])
  func fixedModes(option: String) throws {
    let stage = try RotationStage()
    // What answers for the mount ends by itself, whatever becomes of this test.
    let run = try inNamespace(
      stage,
      """
      mkdir source view && cp .env source/ && chmod 644 source/.env
      timeout -k 1 20 bindfs -f \(option) source view < /dev/null > /dev/null 2>&1 &
      tries=0
      until mountpoint -q view; do tries=$((tries + 1)); test $tries -lt 200; sleep 0.05; done
      "$XAUTH" doctor --env-file view/.env
      umount view
      """)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("this FUSE mount doesn't let a new file have its permissions\n"))
    #expect(run.output.contains("if this FUSE mount ignores that, keep it in your home folder\n"))
  }

  @Test("a full disk", .enabled(if: canMount))
  func full() throws {
    let stage = try RotationStage()
    for size in ["64k", "400k"] {
      let run = try inNamespace(
        stage,
        """
        mkdir -p disk && mount -t tmpfs -o size=\(size) tmpfs disk && cp .env disk/
        cd disk
        "$XAUTH" show > /dev/null
        head -c 10000000 /dev/zero > filler 2> /dev/null || true
        exec "$XAUTH" refresh --json
        """)
      #expect(run.status == 4)
      #expect(run.output.contains(#""code":"no_space""#))
      #expect(stage.outcomes.isEmpty)
    }
  }

  @Test("a disk that fills up between two runs", .enabled(if: canMount))
  func fillsUp() throws {
    let stage = try RotationStage()
    let run = try inNamespace(
      stage,
      """
      mkdir disk && mount -t tmpfs -o size=1m tmpfs disk && cp .env disk/
      cd disk
      "$XAUTH" refresh --quiet
      head -c 10000000 /dev/zero > filler 2> /dev/null || true
      "$XAUTH" refresh --force --json || echo "status $?"
      rm filler
      exec "$XAUTH" refresh --force --quiet
      """)
    #expect(run.status == 0)
    #expect(run.output.contains(#""code":"no_space""#))
    #expect(run.output.contains("status 4"))
    #expect(stage.outcomes == ["refreshed", "refreshed"])
  }

  @Test("a single file that is mounted is written in place", .enabled(if: canMount))
  func mountedFile() throws {
    let stage = try RotationStage()
    let run = try inNamespace(
      stage,
      """
      mkdir box && touch box/.env && mount --bind .env box/.env
      stat -c %i .env
      cd box && "$XAUTH" refresh --quiet && cd ..
      stat -c %i .env
      """)
    #expect(run.status == 0)
    let inodes = run.output.split(separator: "\n")
    #expect(inodes.count == 2 && inodes.first == inodes.last)
    #expect(try stage.isAlive())
    #expect(stage.outcomes == ["refreshed"])
  }

  @Test(
    "in a folder that nothing can be made in: the state is under the owner's home, as doctor says",
    .enabled(if: canMount))
  func mountedFileInReadOnlyFolder() throws {
    let stage = try RotationStage()
    let run = try inNamespace(
      stage,
      """
      mkdir box home && touch box/.env
      mount --bind box box && mount -o remount,bind,ro box && mount --bind .env box/.env
      sed "s|^\\(root:.*\\):[^:]*\\(:[^:]*\\)$|\\1:$PWD/home\\2|" /etc/passwd > passwd
      mount --bind passwd /etc/passwd
      cd box
      "$XAUTH" doctor
      exec "$XAUTH" refresh --quiet
      """)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("box/.env can only be overwritten"))
    #expect(
      run.output.contains(
        "lock and journal are in \(stage.folder.file("home/.local/state/xauth/"))"))
    let state = FileManager.default.enumerator(atPath: stage.folder.file("home"))
    let names = (state?.allObjects ?? []).compactMap { ($0 as? String)?.split(separator: "/").last }
    // A home may be in a repository too.
    #expect(names.contains("journal") && names.contains(".gitignore"))
    #expect(try stage.isAlive())
    #expect(stage.outcomes == ["refreshed"])
  }

  @Test("one that the host has replaced since", .enabled(if: canMount))
  func replacedOutside() throws {
    let stage = try RotationStage()
    let run = try inNamespace(
      stage,
      """
      mkdir box && touch box/.env && mount --bind .env box/.env
      cp .env new && mv new .env
      cd box && exec "$XAUTH" refresh --json
      """)
    #expect(run.status == 4)
    #expect(run.output.contains(#""code":"replaced_outside""#))
    #expect(stage.outcomes.isEmpty)
  }
}
