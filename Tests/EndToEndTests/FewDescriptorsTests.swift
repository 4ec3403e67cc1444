import Foundation
import TestSupport
import Testing

@Suite("Few descriptors")
struct FewDescriptorsTests {
  @Test(
    "A request that lacks them says so, and doesn't blame the network",
    arguments: ["http://127.0.0.1", "https://localhost"])
  func request(base: String) throws {
    let port = try LoopbackPort()
    let folder = TemporaryFolder()
    folder.write(
      """
      CLIENT_ID=c
      X_API_BASE_URL=\(base):\(port.number)
      X_OAUTH2_ACCESS_TOKEN=a
      X_OAUTH2_REFRESH_TOKEN=r

      """, to: ".env", mode: 0o600)
    // From too few for the file to enough for the request.
    let outcome = try Child.run(
      "/bin/bash",
      [
        "-c", "for n in {7..24}; do (ulimit -n $n; exec \"$0\" refresh 2>&1); echo; done",
        Child.built("xauth"),
      ], environment: ["PATH": "/usr/bin:/bin"], folder: folder.path)
    let lack = "too many open files"
    #expect(
      outcome.output.contains(
        "can't connect to \(base.split(separator: "/")[1]): \(lack)"))
    #expect(outcome.output.contains("refused the connection"))
    for guess in ["no route", "can't be resolved", "certificate"] {
      #expect(!outcome.output.contains(guess))
    }
  }
}
