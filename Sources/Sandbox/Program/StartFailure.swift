/// Why the sandbox could not start. The text is for the person who started it.
enum StartFailure: Error, Equatable, Sendable, CustomStringConvertible {
  /// An argument that can't be understood.
  case usage(String)
  /// The port can't be had; `errno` is bind's or listen's.
  case port(Int, errno: Int32)
  /// The log can't be opened for writing.
  case log(String, errno: Int32)
  /// OpenSSL can't be loaded; the loader's words.
  case openSSL(String)
  /// The file holds no usable certificate chain in PEM.
  case certificate(String)
  /// The file holds no usable private key in PEM (or one with a password), or not this
  /// certificate's.
  case key(String)

  /// One line, without the program's name.
  var description: String {
    switch self {
    case .usage(let text): text
    case .port(let port, let errno): "can't listen on 127.0.0.1:\(port): \(systemText(errno))"
    case .log(let path, let errno): "can't write the log \(path): \(systemText(errno))"
    case .openSSL(let reason): "can't load OpenSSL (Debian package libssl3): \(reason)"
    case .certificate(let path): "no certificate in PEM in \(path)"
    case .key(let path):
      "no private key in PEM, without a password and for that certificate, in \(path)"
    }
  }

  /// The exit status: 2 for a usage error, else 1.
  var exitStatus: Int32 {
    if case .usage = self { 2 } else { 1 }
  }
}
