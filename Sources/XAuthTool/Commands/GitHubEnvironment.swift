import Glibc
import OAuth
import Paths

/// The environment of the following steps in a GitHub Actions job (GitHub Docs, "Workflow commands for
/// GitHub Actions").
struct GitHubEnvironment: Sendable {
  private let path: String
  private let context: Context

  /// The environment in the file that `GITHUB_ENV` names.
  init(_ context: Context) throws(Failure) {
    guard let path = context.environment["GITHUB_ENV"] else {
      throw .export(.noGitHubEnvironment)
    }
    self.path = path
    self.context = context
  }

  /// Adds these values for the following steps.
  func append(_ values: [ExportedValue]) throws(Failure) {
    try context.appendLines(Self.lines(values), path)
  }

  /// The lines of the file. The runner splits each at its first `=`. No name has one, and no value has a
  /// line break.
  static func lines(_ values: [ExportedValue]) -> String {
    values.map { "\($0.name.rawValue)=\($0.value.reveal())\n" }.joined()
  }

  /// The commands that make the job's log hide the secrets. `%` is escaped in a command's data; so
  /// are line breaks, but no value has one.
  static func masks(_ values: [ExportedValue]) -> String {
    values.filter(\.name.isSecret).map { value in
      let text = value.value.reveal().split(separator: "%", omittingEmptySubsequences: false)
      return "::add-mask::\(text.joined(separator: "%25"))\n"
    }.joined()
  }
}

/// A file that several programs append lines to, for another one to read.
enum AppendedFile {
  /// Appends whole lines to the file at the absolute `path`, which must exist.
  static func append(_ lines: String, to path: String) throws(Failure) {
    let descriptor = open(path.pathBytes, O_RDWR | O_APPEND | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw .file(.system(operation: "open", path: path, errno: errno))
    }
    defer { close(descriptor) }
    // The last line may lack its line break; without one, the new line would become part of it.
    let separator = endsInsideLine(descriptor) ? "\n" : ""
    if let errno = StandardStreams.writeAll([UInt8]((separator + lines).utf8), to: descriptor) {
      throw .file(.system(operation: "write", path: path, errno: errno))
    }
  }

  private static func endsInsideLine(_ descriptor: Int32) -> Bool {
    var last: UInt8 = 0
    let size = lseek(descriptor, 0, SEEK_END)
    return size > 0 && pread(descriptor, &last, 1, size - 1) == 1 && last != UInt8(ascii: "\n")
  }
}
