import Foundation
import TestSupport
import Testing

/// Installed where it goes by default, for a user and for all: what the shells and man(1), which know
/// nothing of us, find then.
@Suite("After scripts/install")
struct InstalledTests {
  private static let isRoot = geteuid() == 0
  private static let canBeNobody =
    !isRoot || (try? Child.run(asNobody[0], asNobody.dropFirst() + ["/bin/true"]))?.status == 0
  private static let canLayer =
    isRoot && (try? Child.run("/usr/bin/unshare", ["--mount", "/bin/true"]))?.status == 0

  /// Debian's user that owns nothing.
  private static let asNobody = [
    "/usr/bin/setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--inh-caps=-all",
  ]

  private let folder = TemporaryFolder()
  private var home: String { folder.file("home") }

  /// A home with a checkout in it: what somebody who isn't root can read.
  init() throws {
    let made = try Child.run(
      "/bin/bash",
      ["-euc", "mkdir -p home/checkout; cp -R \"$@\" home/checkout", "bash"]
        + ["scripts", "env.example"].map { "\(Repository.path)/\($0)" } + [Child.built("xauth")],
      environment: ["PATH": "/usr/bin:/bin"], folder: folder.path)
    try #require(made.status == 0, "\(made.errors)")
  }

  /// Whatever `xauth` this machine has besides, X11's perhaps, ours is wanted first.
  private static let install = "checkout/scripts/install --force --binary checkout/xauth"

  /// What each of them finds, a line each.
  private static let find = """
    man -w xauth
    [ ! -r /usr/share/bash-completion/bash_completion ] || bash --norc -c '
      source /usr/share/bash-completion/bash_completion
      _completion_loader xauth; complete -p xauth'
    fish -c 'complete -C "xauth hea"'
    zsh -f -c "$zshrc"'autoload -Uz compinit && compinit -D; print -r -- $_comps[xauth]'
    xauth version | sed 's/ .*//'
    """

  private func run(
    as launcher: [String], _ script: String, bin: String, data: String? = nil
  ) throws -> Child.Outcome {
    var environment = [
      "HOME": home, "PATH": "\(bin):/usr/bin:/bin", "LC_ALL": "C.UTF-8",
    ]
    environment["XDG_DATA_HOME"] = data
    let command = launcher + ["/bin/bash", "-euo", "pipefail", "-c", script]
    return try Child.run(
      command[0], Array(command.dropFirst()), environment: environment, folder: home)
  }

  @Test(
    "a user's shells and man find it, also where XDG_DATA_HOME leads the shells elsewhere",
    .enabled(if: canBeNobody, "needs another user than root, or setpriv(1)"),
    arguments: [nil, "data"])
  func user(data: String?) throws {
    if Self.isRoot {
      _ = try Child.run("/bin/chown", ["-R", "nobody:nogroup", folder.path])
    }
    let outcome = try run(
      as: Self.isRoot ? Self.asNobody : [],
      """
      \(Self.install) 2>said || { cat said; exit 1; }
      # What the installer says to write into ~/.zshrc.
      zshrc=$(sed -n 's/.*compinit in .*zshrc:  //p' said)'; '
      \(Self.find)
      checkout/scripts/uninstall
      find .local data -type f 2>/dev/null || true
      """, bin: "\(home)/.local/bin", data: data.map { "\(home)/\($0)" })
    #expect(outcome.status == 0, "\(outcome.output) \(outcome.errors)")
    #expect(
      outcome.output == Self.found(page: "\(home)/.local/share/man/man1/xauth.1"),
      "\(outcome.errors)")
  }

  @Test(
    "everybody's do after an installation by root, in layers over /usr/local and /etc",
    .enabled(if: canLayer, "needs root, and the right to mount"))
  func root() throws {
    let outcome = try run(
      as: ["/usr/bin/unshare", "--mount", "--propagation", "private"],
      """
      mkdir layers && mount -t tmpfs tmpfs layers
      for place in /usr/local /etc/fish; do
        [ -d $place ] || continue
        mkdir -p layers$place/upper layers$place/work
        mount -t overlay overlay $place \\
          -o lowerdir=$place,upperdir=$PWD/layers$place/upper,workdir=$PWD/layers$place/work
      done
      \(Self.install) 2>said || { cat said; exit 1; }
      zshrc=
      # Debian has a link /usr/local/man.
      { \(Self.find)
      } | sed 's,^/usr/local/man/,/usr/local/share/man/,'
      checkout/scripts/uninstall
      find layers/*/*/upper -type f
      """, bin: "/usr/local/bin")
    #expect(outcome.status == 0, "\(outcome.output) \(outcome.errors)")
    #expect(
      outcome.output == Self.found(page: "/usr/local/share/man/man1/xauth.1"), "\(outcome.errors)")
  }

  /// What is to be found: nothing comes after it, so nothing stays when it is taken away again.
  private static func found(page: String) -> String {
    """
    \(page)
    complete -F _xauth xauth
    header\tprint the Authorization header for a request
    _xauth
    xauth

    """
  }
}
