import Glibc

/// What the system says of `errno`; strerror(3) keeps it in the thread's own buffer.
func systemText(_ errno: Int32) -> String { String(cString: strerror(errno)) }

/// Writes all of `text` to `descriptor`, or as much as it takes.
func writeText(_ text: String, to descriptor: Int32) {
  var rest = ArraySlice(text.utf8)
  while !rest.isEmpty {
    let written = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    if written < 0, errno == EINTR { continue }
    guard written > 0 else { return }
    rest = rest.dropFirst(written)
  }
}
