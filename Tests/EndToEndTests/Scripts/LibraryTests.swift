import Foundation
import TestSupport
import Testing

/// What starts in milliseconds must not pay for a network that it doesn't use.
@Suite("Libraries and connections")
struct LibraryTests {
  private static let strace = "/usr/bin/strace"

  private let folder = TemporaryFolder()

  init() {
    folder.write(
      """
      CLIENT_ID=app
      X_OAUTH2_ACCESS_TOKEN=access
      X_OAUTH2_REFRESH_TOKEN=refresh
      X_OAUTH2_EXPIRES_AT=\(Int(Date().timeIntervalSince1970) + 7000)

      """, to: ".env")
  }

  /// The libraries that the dynamic linker opens (ld.so(8), LD_DEBUG).
  private func libraries(_ arguments: [String], in folder: TemporaryFolder) throws -> String {
    let outcome = try Child.run(
      Child.built("xauth"), arguments,
      environment: ["LD_DEBUG": "files", "PATH": "/usr/bin:/bin"], folder: folder.path)
    #expect(outcome.status == 0, "\(arguments)")
    #expect(outcome.errors.contains("libc.so"), "the linker says nothing")
    return outcome.errors
  }

  private static let offline = [
    ["show"], ["token"], ["header", "https://api.x.com/2/users/me"], ["export"],
    ["exec", "--", "/bin/true"], ["refresh", "--min-validity", "1m"],
  ]

  @Test("what needs no network doesn't open libcurl", arguments: offline)
  func noCurl(arguments: [String]) throws {
    #expect(!(try libraries(arguments, in: folder)).contains("libcurl"))
  }

  @Test("nor where a renewal has left its journal", arguments: offline)
  func noCurlBesideJournal(arguments: [String]) throws {
    let stage = try RotationStage()
    #expect(try stage.run("refresh", "--force").status == 0)
    #expect(!(try libraries(arguments, in: stage.folder)).contains("libcurl"))
    if canTrace { #expect(try connections(arguments, in: stage.folder) == []) }
  }

  @Test("what signs nothing and compares nothing doesn't open OpenSSL either")
  func noOpenSSL() throws {
    for arguments in [["header", "https://x"], ["export"], ["token"]] {
      #expect(!(try libraries(arguments, in: folder)).contains("libcrypto"))
    }
  }

  @Test("doctor opens both, so the test above sees what it looks for")
  func control() throws {
    let opened = try libraries(["doctor"], in: folder)
    #expect(opened.contains("libcurl"))
    #expect(opened.contains("libcrypto"))
  }

  @Test(
    "without OpenSSL nothing is begun that needs it, and its package is named",
    arguments: [["login", "--no-browser"], ["refresh", "--force"], ["doctor"]])
  func withoutOpenSSL(arguments: [String]) throws {
    let stage = try RotationStage()
    let before = stage.text
    let libraries = stage.folder.file("libraries")
    mkdir(libraries, 0o700)
    for name in ["libssl.so.3", "libcrypto.so.3"] {
      stage.folder.write("no library\n", to: "libraries/\(name)")
    }
    let run = try Child.run(
      Child.built("xauth"), arguments,
      environment: stage.environment.merging(["LD_LIBRARY_PATH": libraries]) { $1 },
      folder: stage.folder.path)
    #expect(run.status == 4)
    #expect((run.output + run.errors).contains("apt-get install libssl3"), "\(run.errors)")
    #expect(stage.text == before)
    #expect(stage.outcomes.isEmpty)
  }

  @Test("the oldest libcurl that is taken renews, whatever the headers were")
  func oldestCurl() throws {
    let stage = try RotationStage()
    let built = try Child.run(
      "/bin/bash",
      [
        "-euc",
        """
        real=$(clang -print-file-name=libcurl.so.4)
        clang -shared -fPIC -DLIBCURL='"'"$real"'"' -o libcurl.so.4 "$0"
        """, TerminalSession.folder + "/Drivers/old-curl.c",
      ], environment: ["PATH": Checkout.searchPath], folder: stage.folder.path)
    try #require(built.status == 0, "\(built.errors)")
    let run = try stage.run(
      "refresh", "--force", environment: ["LD_LIBRARY_PATH": stage.folder.path])
    #expect(run.status == 0, "\(run.errors)")
  }

  @Test("nor does it open a connection", .enabled(if: canTrace), arguments: offline)
  func noConnection(arguments: [String]) throws {
    #expect(try connections(arguments, in: folder) == [])
  }

  /// The calls that would lead to other machines.
  private func connections(
    _ arguments: [String], in folder: TemporaryFolder
  ) throws -> [Substring] {
    let log = folder.file("trace")
    let outcome = try Child.run(
      Self.strace,
      ["-f", "-e", "trace=socket,connect", "-o", log, Child.built("xauth")] + arguments,
      environment: ["PATH": "/usr/bin:/bin"], folder: folder.path)
    #expect(outcome.status == 0)
    // Whose a file is, the C library may ask of a service on this machine (nscd(8)).
    return (folder.text("trace") ?? "").split(separator: "\n").filter {
      ($0.contains("socket(") || $0.contains("connect(")) && !$0.contains("AF_UNIX")
    }
  }
}
