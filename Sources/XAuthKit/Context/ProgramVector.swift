import Glibc

/// The argument and environment vectors of exec(3).
enum ProgramVector {
  typealias Vector = [UnsafeMutablePointer<CChar>?]

  /// Calls `body` with both vectors, each ended by NULL.
  static func with<Result>(
    _ arguments: [String], _ environment: [String: String],
    _ body: (_ arguments: Vector, _ environment: Vector) -> Result
  ) -> Result {
    let argumentVector = vector(arguments)
    let environmentVector = vector(environment.map { "\($0.key)=\($0.value)" })
    defer { for string in argumentVector + environmentVector { free(string) } }
    return body(argumentVector, environmentVector)
  }

  private static func vector(_ strings: [String]) -> Vector { strings.map { strdup($0) } + [nil] }
}
