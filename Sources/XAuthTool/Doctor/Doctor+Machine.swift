import HTTP
import OAuth

extension Doctor {
  /// 2026-11-01 in seconds since 1970. This program didn't exist before, so an earlier clock is wrong.
  private static let earliestTime = 1_793_491_200
  /// OpenSSL and libcurl are seldom without a security fix for longer than this.
  private static let freshDays = 180
  /// The PATH of cron(8) (Debian: crontab(5)).
  private static let cronPath = "/usr/bin:/bin"

  /// Whether the clock is plausible, compared with the program's age, the file and the token.
  func clock(_ settings: Settings) -> [Finding] {
    let now = context.clock.now()
    let cure: Hint = "set the clock: every expiry is computed with it"
    guard now >= Self.earliestTime else {
      return [.failed(.clock, "the clock says \(Times.dated(now))", cure: cure)]
    }
    let saved = settings.file.snapshot.map { Int($0.identity.modified / 1_000_000_000) } ?? now
    if saved > now + 60 {
      return [
        .warning(.clock, "\(settings.file.target.path) was saved in the future", cure: cure)
      ]
    }
    let impossible = (try? settings.grant()).map { impossibleExpiry(settings, $0) } ?? []
    return impossible.isEmpty ? [Self.clockLooksRight] : impossible.map { .warning(.clock, $0) }
  }

  static let clockLooksRight = Finding.fine(.clock, "looks right")

  /// OpenSSL: does the first thing that a login does with it.
  func openSSL() -> [Finding] {
    do { _ = try PKCE(randomBytes: [UInt8](repeating: 0, count: 32)) } catch {
      return [.failed(.openssl, Failure(error))]
    }
    return [usable(.openssl, "OpenSSL")]
  }

  /// libcurl, and the certificate authorities that it is told to trust.
  func libcurl() -> [Finding] {
    do { _ = try context.openNetwork() } catch {
      return [.failed(.libcurl, Failure(error))]
    }
    return [usable(.libcurl, "libcurl")] + authorities()
  }

  /// A library that works: how old it is, where it is part of the program and no update of the system
  /// mends it.
  private func usable(_ check: Finding.Check, _ name: String) -> Finding {
    guard let library = context.linkedLibraries.first(where: { $0.name == name }) else {
      return .fine(check, "can be loaded")
    }
    let days = max(0, context.clock.now() - library.time) / 86_400
    let message = "\(library.version) is linked in, \(days) days old"
    guard days > Self.freshDays else { return .fine(check, message) }
    return .warning(check, message, cure: "a newer release of xauth may have security fixes")
  }

  private func authorities() -> [Finding] {
    // Only the system's own libcurl may have others.
    let trust = HTTPTrust(environment: context.environment.all)
    if !context.linkedLibraries.isEmpty, trust.file == nil, trust.folder == nil {
      return [
        .failed(
          .authorities, "this system has no certificate authorities",
          cure: "install ca-certificates, or set SSL_CERT_FILE")
      ]
    }
    do {
      return try LocalChecks(context: context).authorities().map { [.fine(.authorities, $0)] } ?? []
    } catch {
      return [.failed(.authorities, error)]
    }
  }

  /// Whether a shell finds this program by its name: X11 has a program of the same name.
  func path() -> [Finding] {
    let name = context.programName
    guard let found = try? context.programs.locate(name, context.environment.all["PATH"]) else {
      return [
        .warning(.path, "\(name) is not on PATH", cure: "scripts/install puts it there")
      ]
    }
    if context.isThisProgram(found) { return [.fine(.path, "\(name) is \(found)")] }
    return [
      .warning(
        .path, "\(name) is \(found), another program",
        cure: "put our folder before it on PATH, or install as x-auth")
    ]
  }

  /// Whether a systemd timer renews the file, and goes on while nobody is logged in. Says nothing where there
  /// is none.
  func timer(_ settings: Settings) -> [Finding] {
    guard let timer = context.renewalTimer(settings.file.target.path) else { return [] }
    if timer.outlivesSession { return [.fine(.timer, "\(timer.unit) renews the tokens")] }
    return [
      .warning(
        .timer, "\(timer.unit) renews the tokens only while you are logged in",
        cure: "`loginctl enable-linger`")
    ]
  }

  /// Whether cron, whose PATH is short, would run another program of the same name.
  func cron() -> [Finding] {
    let name = context.programName
    guard let found = context.programs.find(name, Self.cronPath), !context.isThisProgram(found)
    else { return [.fine(.cron, "no other \(name) is in its PATH")] }
    return [
      .warning(
        .cron, "in a crontab \(name) is \(found), another program",
        cure: "write the absolute path of this one there")
    ]
  }
}
