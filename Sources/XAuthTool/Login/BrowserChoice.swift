/// Which commands may open a URL in the user's browser. Pure: what it needs to know of the system is
/// passed.
enum BrowserChoice {
  /// Where PowerShell is when Windows' folders are kept off the PATH of WSL.
  private static let windowsPowerShell =
    "/mnt/c/Windows/System32/WindowsPowerShell/v1.0/powershell.exe"

  /// The argument vectors to try until one works; empty when no browser can be opened.
  ///
  /// With `option` (of `--browser`) nothing else is tried: another browser may be signed in to another
  /// account. `BROWSER` comes before the system's opener, which needs a display: without one, xdg-open
  /// would start a text browser on this terminal. `BROWSER=none`, as web development servers read it,
  /// means no browser. `find` returns the path of a program.
  static func candidates(
    for url: String, option: String?, environment: [String: String], desktop: Desktop,
    find: (_ name: String) -> String?
  ) -> [[String]] {
    if let option, !option.isEmpty {
      return [BrowserCommand(option, find: find).arguments(for: url)].filter { !$0.isEmpty }
    }
    let named = environment["BROWSER"] ?? ""
    if named == "none" { return [] }
    let chosen = BrowserCommand.alternatives(named, find: find).map { $0.arguments(for: url) }
    return (chosen + openers(for: url, environment, desktop)).filter { arguments in
      arguments.first.map { find($0) != nil } ?? false
    }
  }

  /// The program that `--browser` or `BROWSER` names but that doesn't exist, and which of the two names
  /// it. One of the alternatives in `BROWSER` is enough.
  static func missing(
    option: String?, environment: [String: String], find: (_ name: String) -> String?
  ) -> (source: String, program: String)? {
    let source: String
    let commands: [BrowserCommand]
    if let option, !option.isEmpty {
      (source, commands) = ("--browser", [BrowserCommand(option, find: find)])
    } else {
      let named = environment["BROWSER"] ?? ""
      if named == "none" { return nil }
      (source, commands) = ("BROWSER", BrowserCommand.alternatives(named, find: find))
    }
    let programs = commands.compactMap(\.words.first)
    guard let program = programs.first, programs.allSatisfy({ find($0) == nil }) else { return nil }
    return (source, program)
  }

  /// The system's own ways to open a URL.
  private static func openers(
    for url: String, _ environment: [String: String], _ desktop: Desktop
  ) -> [[String]] {
    let hasDisplay = ["DISPLAY", "WAYLAND_DISPLAY"].contains { environment[$0]?.isEmpty == false }
    let onDisplay = hasDisplay ? [["xdg-open", url], ["gio", "open", url]] : []
    switch desktop {
    case .linux: return onDisplay
    case .wsl:
      let powerShell = ["powershell.exe", windowsPowerShell].map { program in
        [program, "-NoProfile", "-NonInteractive", "-Command", startProcess(url)]
      }
      return [["wslview", url]] + powerShell + onDisplay
    }
  }

  /// A PowerShell command that opens `url`. Between single quotes only the quote itself has a special
  /// meaning (about_Quoting_Rules); `cmd.exe /c start` would end the URL at its first `&`.
  private static func startProcess(_ url: String) -> String {
    var quoted = ""
    for character in url.unicodeScalars {
      // To PowerShell the typographic quotes are the plain one.
      let isQuote = character == "'" || ("\u{2018}"..."\u{201B}").contains(character)
      quoted.unicodeScalars.append(character)
      if isQuote { quoted.unicodeScalars.append(character) }
    }
    return "Start-Process '\(quoted)'"
  }
}

extension BrowserChoice {
  /// The kind of system, each with openers of its own.
  enum Desktop: Equatable, Sendable {
    /// X11 or Wayland.
    case linux
    /// Linux under Windows: the browser is Windows'.
    case wsl

    /// This system. `kernelVersion` is the content of /proc/version, where that exists: Microsoft's
    /// kernels name their maker there.
    static func current(environment: [String: String], kernelVersion: String?) -> Desktop {
      let isNamed = environment["WSL_DISTRO_NAME"]?.isEmpty == false
      return isNamed || isMicrosofts(kernelVersion ?? "") ? .wsl : .linux
    }

    private static func isMicrosofts(_ kernelVersion: String) -> Bool {
      let bytes = kernelVersion.lowercased().utf8
      return bytes.indices.contains { bytes[$0...].starts(with: "microsoft".utf8) }
    }
  }
}
