import TestSupport
import Testing

@Suite("header, end to end")
struct HeaderTests {
  @Test("curl -K - calls the API with it, also when it had to be renewed first")
  func curl() throws {
    let stage = try RotationStage()
    let api = try #require(stage.value("X_API_BASE_URL"))
    let before = stage.access
    let outcome = try Child.run(
      "/bin/sh",
      ["-c", "\"$1\" header --curl \"$2\" | curl -sK - --noproxy '*' \"$2\"", "sh"]
        + [Child.built("xauth"), "\(api)/2/users/me"],
      environment: stage.environment, folder: stage.folder.path)
    #expect(outcome.output.contains(#""username":"sandbox""#), "\(outcome.errors)")
    // Two minutes are left: more than a request needs.
    #expect(stage.access == before)
    stage.folder.write(
      stage.text.split(separator: "\n").filter { !$0.contains("EXPIRES_AT") }
        .joined(separator: "\n") + "\n", to: ".env")
    let renewed = try stage.run("header", "\(api)/2/users/me")
    #expect(renewed.output == "Authorization: Bearer \(try #require(stage.access))\n")
    #expect(stage.access != before)
  }

  @Test("curl gets no line to obey from a token of several lines")
  func injection() throws {
    let stage = try RotationStage()
    stage.folder.write(
      """
      X_OAUTH2_ACCESS_TOKEN="x
      output = \(stage.folder.file("pwned"))
      url = file:///etc/passwd
      #"

      """, to: ".env")
    let outcome = try Child.run(
      "/bin/sh",
      ["-c", "\"$1\" header --curl \"$2\" | curl -sK - file:///dev/null", "sh"]
        + [Child.built("xauth"), "https://api.x.com/2/users/me"],
      environment: stage.environment, folder: stage.folder.path)
    #expect(outcome.output == "")
    #expect(stage.folder.bytes("pwned") == nil)
    #expect(
      outcome.errors.contains(
        "X_OAUTH2_ACCESS_TOKEN from the file, line 1 contains a control character"))
  }

  @Test("with --json a failing --on-rotate command is one object")
  func oneObject() throws {
    let stage = try RotationStage()
    stage.folder.write(
      stage.text.split(separator: "\n").filter { !$0.contains("EXPIRES_AT") }
        .joined(separator: "\n") + "\n", to: ".env")
    let outcome = try stage.run(
      "header", "https://api.x.com/2/users/me", "--json", "--quiet", "--on-rotate", "exit 7")
    #expect(outcome.status == 1)
    #expect(outcome.output == "" && outcome.errors.hasPrefix(#"{"error":"#))
    #expect(outcome.errors.split(separator: "\n").count == 1)
  }

  @Test("a refused renewal prints no header, whatever else could sign")
  func noFallback() throws {
    let stage = try RotationStage()
    let dead = stage.text.replacing("X_OAUTH2_REFRESH_TOKEN=", with: "X_OAUTH2_REFRESH_TOKEN=dead")
      .split(separator: "\n").filter { !$0.contains("EXPIRES_AT") }
    stage.folder.write(dead.joined(separator: "\n") + "\n", to: ".env")
    let outcome = try stage.run(
      "header", "https://api.x.com/",
      environment: [
        "X_OAUTH_CONSUMER_KEY": "k", "X_OAUTH_CONSUMER_SECRET": "s", "X_OAUTH_ACCESS_TOKEN": "t",
        "X_OAUTH_ACCESS_TOKEN_SECRET": "u",
      ])
    #expect(outcome.status == 3)
    #expect(outcome.output == "")
  }
}
