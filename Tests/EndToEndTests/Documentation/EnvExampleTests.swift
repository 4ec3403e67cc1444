import Foundation
import TestSupport
import Testing

@Suite("env.example as somebody's .env")
struct EnvExampleTests {
  @Test("with all of its comments taken off it says the same as without: they are the defaults")
  func defaults() throws {
    let example = try Repository.text("env.example")
    // Certificate and listener have no default to show.
    let bare = example.split(separator: "\n").filter {
      !$0.hasPrefix("#TLS_") && !$0.hasPrefix("#X_OAUTH_CALLBACK_LISTEN")
    }.map { line in
      let isSetting = line.hasPrefix("#X_") || line.hasPrefix("#CLIENT")
      return String(isSetting ? line.dropFirst() : line)
    }.joined(separator: "\n")
    let shown = try [example, bare].map(show)
    #expect(shown[0].callback == "http://127.0.0.1:8976/oauth/callback")
    #expect(shown[0].callback == shown[1].callback)
    #expect(shown[0].requested.count == 13)
    #expect(shown[0].requested == shown[1].requested)
  }

  @Test("a shell reads every value of it as it stands")
  func readers() throws {
    let folder = TemporaryFolder()
    let text = try Repository.text("env.example").replacingOccurrences(of: "\n#X_", with: "\nX_")
    let file = folder.write(text, to: ".env")
    let bash = try Child.run(
      "/bin/bash", ["-c", "set -a; . \"$0\"; env | grep '^X_' | sort", file],
      environment: ["PATH": "/usr/bin:/bin"])
    let assigned = text.split(separator: "\n").filter { $0.hasPrefix("X_") }.sorted()
    #expect(bash.output.split(separator: "\n").sorted() == assigned)
    #expect(bash.errors == "")
  }

  private struct Shown: Decodable {
    struct Callback: Decodable { let url: String }
    struct Scopes: Decodable { let requested: [String] }
    let callback: Callback
    let scopes: Scopes
  }

  private func show(_ text: String) throws -> (callback: String, requested: [String]) {
    let folder = TemporaryFolder()
    let file = folder.write(text, to: ".env")
    let outcome = try Child.run(
      Child.built("xauth"), ["show", "--json", "--env-file", file],
      environment: ["PATH": "/usr/bin:/bin", "HOME": folder.path])
    #expect(outcome.status == 3)
    let shown = try JSONDecoder().decode(Shown.self, from: Data(outcome.output.utf8))
    return (shown.callback.url, shown.scopes.requested)
  }
}
