import COpenSSL
import Glibc

/// The program `xauth-sandbox`, from its arguments to its exit status.
public enum Program {
  /// Starts with the arguments that follow the program's name, and serves until a signal ends the
  /// process. Returns only when help was asked for or the start failed.
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
    var identity: TLSIdentity?
    if let certificate = options.certificateFile, let key = options.keyFile {
      identity = try TLSIdentity(certificateFile: certificate, keyFile: key)
    }
    var log: EventLog?
    if let path = options.logFile { log = try EventLog(path: path) }
    let client = Client(
      id: options.clientID, secret: options.clientSecret, redirectURIs: options.redirectURIs)
    let service = Service(
      AuthorizationServer(client: client, policy: options.policy), log: log,
      tokenDelay: options.tokenDelay)
    let listener = try Listener(port: options.port, identity: identity)
    endOnSignals()
    writeText(options.greeting(port: listener.port), to: STDOUT_FILENO)
    listener.serve { service.answer($0) }
  }
}

/// Being told to end is the ordinary end: status 0. Set on purpose, because a shell starts
/// background jobs with SIGINT ignored, process 1 of a container ignores both by default, and a
/// program started from a thread inherits the signals which that thread blocks.
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
