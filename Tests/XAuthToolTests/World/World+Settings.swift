import CommandTable

@testable import OAuth
@testable import XAuthTool

extension World {
  /// The settings that a command would work with.
  func settings(_ arguments: String...) throws -> Settings {
    let context = Context.test(self, arguments, output: Captured(), errors: Captured())
    let invocation = try Tool.xauth(named: "xauth").parse(arguments)
    return try Settings.open(Options(invocation), context)
  }
}

/// The table's row for what `body` fails with; nil when it doesn't.
func report(of body: () throws -> Void) -> FailureReport? {
  do {
    try body()
    return nil
  } catch {
    return Failure(error).report
  }
}
