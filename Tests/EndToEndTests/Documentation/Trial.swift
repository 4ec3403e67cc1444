import TestSupport
import Testing

/// Runs an example of the README or the help, as it is written, on a machine that is made for it, and
/// looks at what came of it.
typealias Trial = @Sendable (_ example: String) async throws -> Void

extension ReaderMachine {
  /// The machine of somebody who has logged in, with a token that lives so long.
  static func signedIn(lifetime: Int = 7200) throws -> ReaderMachine {
    let machine = try ReaderMachine(sandbox: ["--access-lifetime", "\(lifetime)"])
    let outcome = try machine.shell("xauth login")
    try #require(outcome.status == 0, "\(outcome.errors)")
    return machine
  }

  /// What `example` prints here, where it must succeed.
  func output(of example: String, environment: [String: String] = [:]) throws -> String {
    let outcome = try shell(example, environment: environment)
    #expect(outcome.status == 0, "\(outcome.errors)")
    return outcome.output
  }

  /// Types `script`, in which a login waits, and opens the address that it prints, as somebody does
  /// who has the browser elsewhere; `options` tell curl of the way back.
  func loginElsewhere(_ script: String, options: String = "") throws -> Child.Outcome {
    play("elsewhere", "exec curl --silent --show-error --fail --location --output page \"$@\"")
    let login = try start(["/bin/bash", "-euo", "pipefail", "-s"])
    login.type("\(script)\n")
    let address = login.authorizeAddress()
    try #require(!address.isEmpty, "\(login.errorsSoFar)")
    let opened = try shell("elsewhere \(options) '\(address)'")
    #expect(opened.status == 0, "\(opened.errors)")
    return login.wait()
  }
}
