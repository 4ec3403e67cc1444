import Foundation
import TestSupport
import Testing

@Suite("scripts/install and scripts/uninstall")
struct InstallTests {
  private let folder = TemporaryFolder()
  private var prefix: String { folder.file("prefix") }

  private static let scripts = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("scripts").path

  /// Without an `xauth` of X11's on PATH, unless the test puts one there.
  private func run(
    _ script: String, _ arguments: [String] = [], path: String = "", staging: String? = nil,
    environment more: [String: String] = [:], from caller: String? = nil
  ) throws -> Child.Outcome {
    let tools = folder.file("tools")
    try? FileManager.default.createDirectory(atPath: tools, withIntermediateDirectories: true)
    for name in [
      "bash", "cat", "dirname", "id", "install", "ln", "mkdir", "mktemp", "mv", "rm", "rmdir",
      "grep",
      "realpath", "sed", "sort", "tail",
    ] {
      try? FileManager.default.createSymbolicLink(
        atPath: "\(tools)/\(name)", withDestinationPath: "/usr/bin/\(name)")
    }
    let binary = script == "install" ? ["--binary", Child.built("xauth")] : []
    var environment = ["PATH": "\(path)\(tools)", "HOME": folder.path]
    environment["DESTDIR"] = staging
    // An empty one is none.
    environment = environment.merging(more) { $1 }.filter { !$0.value.isEmpty }
    let file = caller == nil ? "\(Self.scripts)/\(script)" : "scripts/\(script)"
    return try Child.run(
      "/bin/bash", [file, "--prefix", prefix] + binary + arguments,
      environment: environment, folder: caller ?? folder.path)
  }

  private var installed: Set<String> { files(in: prefix) }

  private func files(in place: String) -> Set<String> {
    let paths = (try? FileManager.default.subpathsOfDirectory(atPath: place)) ?? []
    return Set(
      paths.filter { path in
        let facts = try? FileManager.default.attributesOfItem(atPath: "\(place)/\(path)")
        return facts?[.type] as? FileAttributeType != .typeDirectory
      })
  }

  /// A program of our name that isn't ours.
  private func playOther(in name: String) throws -> String {
    try FileManager.default.createDirectory(
      atPath: folder.file(name), withIntermediateDirectories: true)
    return folder.write("#!/bin/sh\necho other\n", to: "\(name)/xauth", mode: 0o755)
  }

  /// What belongs to a program of this name.
  private static func belongings(of name: String) -> Set<String> {
    [
      "bin/\(name)", "share/bash-completion/completions/\(name)", "share/man/man1/\(name).1",
      "share/fish/vendor_completions.d/\(name).fish", "share/zsh/site-functions/_\(name)",
    ]
  }

  private static let example: Set = ["share/doc/xauth/env.example"]
  private static let list: Set = ["share/xauth/installed"]
  private static let ours = belongings(of: "x-auth").union(example)

  @Test("program, completions, man page and example, by two names; and all gone again")
  func thereAndBack() throws {
    for _ in 0..<2 {
      let outcome = try run("install")
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(installed == Self.belongings(of: "xauth").union(Self.ours).union(Self.list))
    }
    for (name, shown) in [("xauth", "xauth"), ("x-auth", "x\\-auth")] {
      let page = folder.text("prefix/share/man/man1/\(name).1") ?? ""
      #expect(page.contains("\n\(shown) \\- "), "\(page.prefix(200))")
    }
    #expect(
      folder.text("prefix/share/zsh/site-functions/_x-auth")?.hasPrefix("#compdef x-auth\n") == true
    )
    let example = try Repository.text("env.example")
    #expect(folder.text("prefix/share/doc/xauth/env.example") == example)
    let call = try Child.run(
      "\(prefix)/bin/x-auth", ["token"], environment: ["PATH": "/usr/bin:/bin"],
      folder: folder.path)
    #expect(call.status == 4)
    #expect(call.errors.hasPrefix("x-auth: there is no file "))
    #expect(call.errors.contains("run `x-auth login` to create it"))
    #expect(try run("uninstall").status == 0)
    #expect(installed == [])
    #expect(try run("uninstall").status == 1)
  }

  @Test("it says what to type, which runs")
  func typed() throws {
    func typed(_ path: String, _ arguments: [String] = []) throws -> String {
      let outcome = try run("install", arguments, path: path)
      #expect(outcome.status == 0, "\(outcome.errors)")
      return outcome.errors.components(separatedBy: "type: ").last?.split(separator: "\n").first
        .map(String.init) ?? outcome.errors
    }
    #expect(try typed("\(prefix)/bin:") == "xauth login")
    #expect(try typed("") == "\(prefix)/bin/xauth login")
    _ = try playOther(in: "other")
    #expect(try typed("\(folder.file("other")):\(prefix)/bin:") == "x-auth login")
    #expect(try typed("\(prefix)/bin:", ["--name", "xtoken"]) == "xtoken login")
  }

  @Test("a slash at the prefix's end makes no difference")
  func trailingSlash() throws {
    #expect(try run("install", ["--prefix", "\(prefix)/"]).status == 0)
    #expect(installed.contains("bin/xauth"))
    #expect(try run("uninstall").status == 0)
    #expect(installed == [])
  }

  @Test("what is staged for a package lies there alone, whatever this machine has in its place")
  func staging() throws {
    _ = try playOther(in: "prefix/bin")
    let stage = folder.file("stage")
    let outcome = try run("install", path: "\(prefix)/bin:", staging: stage)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(folder.text("prefix/bin/xauth") == "#!/bin/sh\necho other\n")
    #expect(installed == ["bin/xauth"])
    #expect(files(in: stage + prefix) == Self.belongings(of: "xauth").union(Self.ours))
    let package = folder.file("package")
    #expect(try run("install", ["--name", "x-auth"], staging: package).status == 0)
    #expect(files(in: package + prefix) == Self.ours)
  }

  @Test("another program of that name is not hidden, unless forced: x-auth is there all the same")
  func shadow() throws {
    let other = try playOther(in: "other")
    let behind = "\(prefix)/bin:\(folder.file("other")):"
    let outcome = try run("install", path: behind)
    #expect(outcome.status == 0)
    #expect(outcome.errors.contains("there is another xauth, \(other)"))
    #expect(outcome.errors.contains("type: x-auth login"))
    #expect(installed == Self.ours.union(Self.list))
    #expect(try run("install", ["--force"], path: behind).status == 0)
    // What has the name keeps it.
    #expect(try run("install", path: behind).status == 0)
    #expect(installed == Self.belongings(of: "xauth").union(Self.ours).union(Self.list))
    #expect(try run("uninstall").status == 0)

    let ahead = "\(folder.file("other")):\(prefix)/bin:"
    let second = try run("install", path: ahead)
    #expect(second.status == 0)
    #expect(second.errors.contains("xauth is still \(other), which comes first on PATH"))
  }

  @Test("what isn't ours is not replaced, forced or not, and not taken away")
  func overwrite() throws {
    _ = try playOther(in: "prefix/bin")
    for arguments in [[], ["--force"]] {
      let outcome = try run("install", arguments)
      #expect(outcome.status == 1)
      #expect(outcome.errors.contains("not from here"))
    }
    #expect(try run("uninstall").status == 1)
    #expect(folder.text("prefix/bin/xauth") == "#!/bin/sh\necho other\n")
    #expect(installed == ["bin/xauth"])
  }

  @Test("a relative prefix is meant from where it is typed")
  func relative() throws {
    #expect(try run("install", ["--prefix", "elsewhere"]).status == 0)
    #expect(folder.bytes("elsewhere/bin/xauth") != nil)
    #expect(try run("uninstall", ["--prefix", "elsewhere"]).status == 0)
    #expect(folder.bytes("elsewhere/bin/xauth") == nil)
  }

  @Test("a place has many names, and is one place by each of them")
  func spellings() throws {
    try FileManager.default.createDirectory(
      atPath: folder.file("a folder [1]*"), withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("link"), withDestinationPath: "a folder [1]*")
    let spellings = [
      "link", "a folder [1]*/", "../\(URL(fileURLWithPath: folder.path).lastPathComponent)/link",
      "none/../link/.",
    ]
    for last in spellings {
      for spelling in spellings {
        let outcome = try run("install", ["--prefix", spelling])
        #expect(outcome.status == 0, "\(outcome.errors)")
      }
      #expect(try run("uninstall", ["--prefix", last]).status == 0)
      #expect(files(in: folder.file("a folder [1]*")) == [])
    }
  }

  @Test("what an installation before XDG_DATA_HOME was set put elsewhere goes with the rest")
  func movedData() throws {
    let user = ["--prefix", folder.file(".local")]
    #expect(try run("install", user).status == 0)
    let moved = ["XDG_DATA_HOME": folder.file("data")]
    for _ in 0..<2 { #expect(try run("install", user, environment: moved).status == 0) }
    #expect(files(in: folder.file(".local")).count == 12)
    #expect(files(in: folder.file("data")).count == 6)
    #expect(try run("uninstall", user).status == 0)
    #expect(files(in: folder.file(".local")).union(files(in: folder.file("data"))) == [])
  }

  @Test("what is still there is not said to be gone")
  func leftOver() throws {
    #expect(try run("install").status == 0)
    let foreign = folder.write("mine", to: "mine")
    let list = "prefix/share/xauth/installed"
    folder.write((folder.text(list) ?? "") + "\(foreign)\n", to: list)
    let outcome = try run("uninstall")
    #expect(outcome.status == 1)
    #expect(outcome.errors == "uninstall: \(foreign) is still there\n")
    #expect(folder.text("mine") == "mine")
    unlink(foreign)
    #expect(try run("uninstall").status == 0)
    #expect(installed == [])
  }

  @Test("neither a CDPATH nor a missing HOME leads it astray")
  func environment() throws {
    try FileManager.default.createDirectory(
      atPath: folder.file("scripts"), withIntermediateDirectories: true)
    for script in ["install", "uninstall"] {
      let outcome = try run(
        script, environment: ["CDPATH": folder.path, "HOME": ""], from: Repository.path)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output == "")
    }
    #expect(installed == [])
  }

  @Test("a program that needs a newer C library isn't installed, and the version is named")
  func olderSystem() throws {
    let program = folder.write(
      """
      #!/bin/sh
      for version in 2.4 2.36 2.34; do
        echo "$0: /lib/libc.so.6: version \\`GLIBC_$version' not found (required by $0)" >&2
      done
      exit 1

      """, to: "newer", mode: 0o755)
    let outcome = try run("install", ["--binary", program])
    #expect(outcome.status == 1)
    #expect(
      outcome.errors.contains("newer needs glibc 2.36, and this system has "), "\(outcome.errors)")
    #expect(installed == [])
  }

  @Test("names and options that make no sense are a usage error")
  func usage() throws {
    for arguments in [
      ["--name", "a/b"], ["--name", ""], ["--nope"], ["--prefix"], ["--env-file", "x"],
    ] {
      #expect(try run("install", arguments).status == 2)
      #expect(try run("uninstall", arguments).status == 2)
    }
  }

  @Test("what 0.1.0 has installed is replaced, and goes with the rest")
  func earlier() throws {
    let program = "\(prefix)/bin/xauth"
    for name in ["prefix/bin", "prefix/share/xauth"] {
      try FileManager.default.createDirectory(
        atPath: folder.file(name), withIntermediateDirectories: true)
    }
    folder.write("old", to: "prefix/bin/xauth")
    folder.write("\(program)\n", to: "prefix/share/xauth/xauth.installed")
    let outcome = try run("install")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(installed == Self.belongings(of: "xauth").union(Self.ours).union(Self.list))
    #expect(try run("uninstall").status == 0)
    #expect(installed == [])
  }
}
