import DurableFile
import Glibc

/// A file that another program reads later and several write to, line by line.
enum AppendedFile {
  /// Appends whole lines to the file at the absolute `path`, which must exist.
  static func append(_ lines: String, to path: String) throws(Failure) {
    let descriptor = open(path, O_RDWR | O_APPEND | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw .file(.system(operation: "open", path: path, errno: errno))
    }
    defer { close(descriptor) }
    // Whoever wrote before us may have left a line without an end: ours would become part of it.
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
