import Glibc

/// The argument and environment vectors of exec(3).
enum ProgramVector {
  typealias Vector = [UnsafeMutablePointer<CChar>?]

  /// Calls `body` with both vectors, each ended by NULL.
  static func with<Result>(
    _ arguments: [String], _ environment: [String: String],
    _ body: (_ arguments: Vector, _ environment: Vector) -> Result
  ) -> Result {
    let count = arguments.count
    let argumentVector =
      arguments.enumerated().map { index, text in
        InheritedBytes.argument(fromEnd: count - index, reading: text).map { strdup($0) }
          ?? strdup(text)
      } + [nil]
    let environmentVector = environment.map(assignment) + [nil]
    defer { for string in argumentVector + environmentVector { free(string) } }
    return body(argumentVector, environmentVector)
  }

  private static func assignment(_ name: String, _ value: String) -> UnsafeMutablePointer<CChar>? {
    if let bytes = InheritedBytes.assignment(of: name, reading: value) { return strdup(bytes) }
    guard let bytes = InheritedBytes.value(of: name, reading: value) else {
      return strdup("\(name)=\(value)")
    }
    var assignment = Array("\(name)=".utf8CString.dropLast())
    assignment += UnsafeBufferPointer(start: bytes, count: strlen(bytes) + 1)
    return strdup(assignment)
  }
}
