import COpenSSL
import Glibc

/// The program `xauth-sandbox`, from its arguments to its exit status.
public enum Program {
  /// Starts with the arguments that follow the program's name, and serves until a signal ends the
  /// process. Returns only after `--help` or when the start failed.
  public static func run(_ arguments: [String]) -> Int32 {
    do throws(StartFailure) {
      let options = try Options(arguments)
      guard !options.wantsHelp else {
        writeText(Options.help, to: STDOUT_FILENO)
        return 0
      }
      try serve(options)
      return 0
    } catch {
      let hint = error.exitStatus == 2 ? " (see xauth-sandbox --help)" : ""
      writeText("xauth-sandbox: \(error)\(hint)\n", to: STDERR_FILENO)
      return error.exitStatus
    }
  }

  private static func serve(_ options: Options) throws(StartFailure) {
    guard copenssl_functions() != nil else {
      throw .openSSL(copenssl_failure().map { String(cString: $0) } ?? "unknown reason")
    }
    var certificate: ServerCertificate?
    if let file = options.certificateFile, let keyFile = options.keyFile {
      certificate = try ServerCertificate(certificateFile: file, keyFile: keyFile)
    }
    var log: EventLog?
    if let path = options.logFile { log = try EventLog(path: path) }
    let client = Client(
      id: options.clientID, secret: options.clientSecret, redirectURIs: options.redirectURIs)
    let listener = try Listener(port: options.port, certificate: certificate)
    let server = AuthorizationServer(
      client: client, policy: options.policy, settings: options.settings(port: listener.port))
    let service = Service(server, log: log, tokenDelay: options.tokenDelay)
    endOnSignals()
    writeText(options.greeting(port: listener.port), to: STDOUT_FILENO)
    listener.serve { service.answer($0) }
  }
}

/// A signal is the ordinary end, with status 0. Set explicitly because a shell starts background jobs
/// with SIGINT ignored, process 1 of a container ignores both by default, and a program started from
/// a thread inherits the signals which that thread blocks.
private func endOnSignals() {
  signal(SIGPIPE, SIG_IGN)
  var ending = sigset_t()
  sigemptyset(&ending)
  for number in [SIGINT, SIGTERM] {
    signal(number) { _ in _exit(0) }
    sigaddset(&ending, number)
  }
  pthread_sigmask(SIG_UNBLOCK, &ending, nil)
}

/// Why the sandbox could not start. The text is for the user who started it.
enum StartFailure: Error, Equatable, Sendable, CustomStringConvertible {
  /// An argument that can't be understood.
  case usage(String)
  /// The port can't be used; `errno` is bind's or listen's.
  case port(Int, errno: Int32)
  /// The log can't be opened for writing.
  case log(String, errno: Int32)
  /// OpenSSL can't be loaded; the loader's message.
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

/// The system's message for `errno`; strerror(3) keeps it in the thread's own buffer.
func systemText(_ errno: Int32) -> String { String(cString: strerror(errno)) }

/// Writes `text` to `descriptor`, as far as that accepts it.
func writeText(_ text: String, to descriptor: Int32) {
  var rest = ArraySlice(text.utf8)
  while !rest.isEmpty {
    let written = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    if written < 0, errno == EINTR { continue }
    guard written > 0 else { return }
    rest = rest.dropFirst(written)
  }
}
