/// The openssl program, by which tests make keys and certificates.
public enum OpenSSLProgram {
  /// Why it failed, in its own words.
  public struct Failure: Error {
    /// The command, and what came on standard error.
    public let text: String
  }

  /// Runs it in `folder`, and throws when it fails.
  public static func run(_ arguments: [String], folder: String? = nil) throws {
    let outcome = try Child.run("/usr/bin/openssl", arguments, folder: folder)
    guard outcome.status == 0 else {
      throw Failure(text: "openssl \(arguments.first ?? ""): \(outcome.errors)")
    }
  }
}
