/// Which commands may open a URL in the user's browser. Pure: what it needs to know of the system is
/// passed.
struct BrowserChoice {
  /// Where PowerShell is when Windows' folders are kept off the PATH of WSL.
  private static let windowsPowerShell =
    "/mnt/c/Windows/System32/WindowsPowerShell/v1.0/powershell.exe"

  /// What the user asks for.
  private enum Wish {
    /// `--browser`: nothing else is tried, because another browser may be signed in to another account.
    case option(BrowserCommand)
    /// The alternatives in `BROWSER`, to be tried before the system's openers; none when it is unset.
    case variable([BrowserCommand])
    /// `BROWSER=none`, as web development servers read it.
    case noBrowser
  }

  private let wish: Wish
  private let environment: [String: String]
  private let find: (_ name: String) -> String?

  /// The choice that `option` (of `--browser`) and `environment` make together. `find` returns the path
  /// of a program.
  init(
    option: String?, environment: [String: String], find: @escaping (_ name: String) -> String?
  ) {
    let variable = environment["BROWSER"] ?? ""
    wish =
      if let option, !option.isEmpty {
        .option(BrowserCommand(option, find: find))
      } else if variable == "none" {
        .noBrowser
      } else {
        .variable(BrowserCommand.alternatives(variable, find: find))
      }
    self.environment = environment
    self.find = find
  }

  /// Whether the user wants no browser: then there is nothing to say about its absence.
  var isNoBrowser: Bool { if case .noBrowser = wish { true } else { false } }

  /// The argument vectors to try until one works; empty when no browser can be opened.
  func candidates(for url: String, on desktop: Desktop) -> [[String]] {
    switch wish {
    case .noBrowser: return []
    case .option(let command): return [command.arguments(for: url)].filter { !$0.isEmpty }
    case .variable(let commands):
      let all = commands.map { $0.arguments(for: url) } + openers(for: url, on: desktop)
      return all.filter { arguments in arguments.first.map { find($0) != nil } ?? false }
    }
  }

  /// The program that `--browser` or `BROWSER` names but that doesn't exist, and which of the two names
  /// it. One of the alternatives in `BROWSER` is enough.
  var missing: (source: String, program: String)? {
    switch wish {
    case .noBrowser: nil
    case .option(let command): firstOfMissing([command]).map { ("--browser", $0) }
    case .variable(let commands): firstOfMissing(commands).map { ("BROWSER", $0) }
    }
  }

  /// The first program of `commands`, if none of them exists.
  private func firstOfMissing(_ commands: [BrowserCommand]) -> String? {
    let programs = commands.compactMap(\.words.first)
    return programs.allSatisfy { find($0) == nil } ? programs.first : nil
  }

  /// The system's own ways to open a URL. Without a display, xdg-open would start a text browser on
  /// this terminal.
  private func openers(for url: String, on desktop: Desktop) -> [[String]] {
    let hasDisplay = ["DISPLAY", "WAYLAND_DISPLAY"].contains { environment[$0]?.isEmpty == false }
    let onDisplay = hasDisplay ? [["xdg-open", url], ["gio", "open", url]] : []
    switch desktop {
    case .linux: return onDisplay
    case .wsl:
      let powerShell = ["powershell.exe", Self.windowsPowerShell].map { program in
        [program, "-NoProfile", "-NonInteractive", "-Command", Self.startProcess(url)]
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
