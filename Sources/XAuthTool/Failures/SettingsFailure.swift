import OAuth

/// A setting that can't be used.
enum SettingsFailure: Sendable, Equatable {
  case noClientID(path: String, fileExists: Bool)
  /// The file doesn't exist and was not named, and there is no terminal to ask at.
  case fileNotNamed(path: String)
  /// There is no file, and no grant in the environment either.
  case noFileToRevoke(path: String)
  /// The folder that the command runs in has been deleted.
  case noWorkingFolder
  case notUTF8(SettingName, line: Int, path: String)
  case environmentNotUTF8(SettingName)
  case controlCharacter(SettingName, SettingSource)
  /// These are set and empty in the environment, and nowhere else.
  case empty([SettingName], inCI: Bool)
  /// The value can't be what the setting needs.
  case impossible(SettingName, SettingSource, ValueFault)
  case outOfRange(Setting, ClosedRange<Int>)
  /// `--timeout` or its setting is not a duration, or is out of range.
  case timeoutOutOfRange(Setting)
  case noScopes(Setting)
  case unknownScheme(Setting)
  /// A certificate is set, but the scheme is http.
  case certificateWithoutTLS(Setting)
  /// Only one of the certificate and its key is set.
  case halfOfTLS(Setting)
  case endpointNotURL(Setting)
  case endpointNotSecure(Setting)
  /// The file names the endpoint, but the credentials come from the environment.
  case endpointFromElsewhere(Setting)
  /// A CI job would lose the new token.
  case rotationInCI
  /// The tokens come from the environment, and there is no `--on-rotate` to store new ones.
  case noStore
  /// `X_OAUTH2_STORE` is none of its kinds.
  case notAPlace(Setting)
  /// A part of the name can't be one in every engine.
  case storeName(Setting)
  /// The file names a command.
  case storeCommandInFile(Setting)
  /// Only the file names the place, and nobody has said yet that tokens may be put there.
  case storeUnconfirmed(Setting, path: String)
  /// `SSL_CERT_DIR` names a folder without a certificate authority.
  case noAuthorities(folder: String)
  case noShell(String)
  /// A shell can't parse the `--on-rotate` command.
  case hookUnreadable
  case hookNotFound(String)
  case pasteWithoutTerminal
  case contradiction(String, String)
  /// An option that means something only together with another one.
  case onlyWith(String, String)
  /// `--account` isn't a name that X knows.
  case notAnAccount(String)

  /// The table.
  var report: FailureReport {
    switch self {
    case .noClientID(let path, let fileExists):
      FailureReport(
        "client_id_missing", .settings,
        "CLIENT_ID is not set, neither in the environment nor in \(path)"
          + (fileExists ? "" : ", which doesn't exist"),
        hint: fileExists
          ? "run \(call: "login"), or copy it from https://console.x.com (Keys and tokens) into the file"
          : "name the file with --env-file PATH, or run \(call: "login"), which creates it")
    case .fileNotNamed(let path):
      FailureReport(
        "file_not_named", .settings,
        "there is no file \(path), and without a terminal a login creates none unasked",
        hint: "name it with --env-file PATH, or run \(call: "login") in a terminal")
    case .noFileToRevoke(let path):
      FailureReport(
        "env_file_missing", .settings, "there is no file \(path), so there is nothing to revoke",
        hint: "name another with --env-file PATH")
    case .noWorkingFolder:
      FailureReport(
        "working_folder_missing", .settings, "the folder this runs in has been deleted",
        hint: "change to another, or name the file by its absolute path with --env-file")
    case .notUTF8(let name, let line, let path):
      FailureReport(
        "setting_not_utf8", .settings, "\(name.rawValue) in \(path), line \(line), is not UTF-8",
        hint: "type the value again")
    case .environmentNotUTF8(let name):
      FailureReport(
        "setting_not_utf8", .settings, "\(name.rawValue) from the environment is not UTF-8",
        hint: "set it again")
    case .controlCharacter(let name, let source):
      FailureReport(
        "setting_control_character", .settings,
        "\(name.rawValue) from \(source) contains a control character",
        hint: "copy the value again, without a line break")
    case .impossible(let name, let source, let fault):
      FailureReport(
        "setting_impossible", Setting(name: name, text: "", source: source).exit,
        "\(Setting(name: name, text: "", source: source).label) \(fault.phrase)", hint: fault.cure)
    case .empty(let names, let inCI):
      FailureReport(
        "setting_empty", .settings,
        "\(names.map(\.rawValue).joined(separator: " and ")) \(names.count > 1 ? "are" : "is") empty"
          + (inCI ? ": this job isn't given the secrets" : " in the environment"),
        hint: inCI
          ? "check their names, the job's environment, and whether a fork started it: forks get no secrets"
          : "set what fills them in, or name the file with --env-file PATH")
    case .outOfRange(let setting, let range):
      FailureReport(
        "setting_out_of_range", .settings,
        "\(setting.shown) is not a whole number from \(range.lowerBound) to \(range.upperBound)",
        hint: "correct it in \(setting.source)")
    case .timeoutOutOfRange(let setting):
      FailureReport(
        "setting_out_of_range", setting.exit, "\(setting.shown) is not a duration from 1s to 1d",
        hint: "give one such as 90s or 10m, or leave it out for 5 minutes")
    case .noScopes(let setting):
      FailureReport(
        "no_scopes", setting.exit, "\(setting.label) names no scope",
        hint: "separate scopes by spaces or commas, or leave the setting out for the default")
    case .unknownScheme(let setting):
      FailureReport(
        "unknown_callback_scheme", .settings, "\(setting.shown) is neither http nor https",
        hint: "correct it in \(setting.source)")
    case .certificateWithoutTLS(let setting):
      FailureReport(
        "certificate_without_https", .settings,
        "\(setting.shown) contradicts TLS_CERT_FILE",
        hint: "remove one of the two")
    case .halfOfTLS(let setting):
      FailureReport(
        "half_of_tls", .settings,
        "\(setting.name.rawValue) is set but \(setting.name == .keyFile ? "TLS_CERT_FILE" : "TLS_KEY_FILE") is not",
        hint: "set both for an https callback, or neither for http on loopback")
    case .endpointNotURL(let setting):
      FailureReport(
        "endpoint_not_url", .settings,
        "\(setting.label) is not of the form https://HOST",
        hint: "write https://HOST in plain ASCII, or leave it out for X's own")
    case .endpointNotSecure(let setting):
      FailureReport(
        "endpoint_not_https", .settings,
        "\(setting.shown) is not https, so tokens could be read on the way",
        hint: "use https (plain http is allowed for loopback only)")
    case .endpointFromElsewhere(let setting):
      FailureReport(
        "endpoint_from_elsewhere", .settings,
        "\(setting.label) would send credentials from the environment to \(sanitized(setting.text))",
        hint:
          "put the credentials and the endpoint into the same place, both file or both environment")
    case .rotationInCI:
      FailureReport(
        "rotation_in_ci", .settings,
        "this is a CI job (CI is set): a new token would be lost with the runner",
        hint: "put it back with --on-rotate COMMAND, or allow it with --allow-rotate")
    case .noStore:
      FailureReport(
        "no_store", .settings,
        "the tokens come from the environment, and a renewed one would have nowhere to go",
        hint: "name the command that stores it with --on-rotate COMMAND, or use a .env")
    case .notAPlace(let setting):
      FailureReport(
        "not_a_store", setting.exit, "\(setting.shown) is no place to share tokens through",
        hint: "write it as \(call: "help fleet") shows")
    case .storeName(let setting):
      FailureReport(
        "store_name_unusable", setting.exit,
        "\(setting.shown) is not a usable name",
        hint: "choose one whose parts have letters, digits, '.', '_' and '-' only")
    case .storeCommandInFile(let setting):
      FailureReport(
        "store_command_in_file", .settings,
        "\(setting.name.rawValue) from \(setting.source) is a command, and no command is run that a file names",
        hint: "take it out of the file, and set it in the environment or with --store")
    case .storeUnconfirmed(let setting, let path):
      FailureReport(
        "store_unconfirmed", .settings,
        "\(path) puts the tokens into \(sanitized(setting.text, limit: 80)), which nobody has confirmed",
        hint:
          "if that place is yours, confirm it with --store \(sanitized(setting.text, limit: 80))")
    case .noAuthorities(let folder):
      FailureReport(
        "ca_folder_unusable", .settings,
        "there is no certificate authority in \(sanitized(folder, limit: 80)), named by its hash",
        hint: "correct SSL_CERT_DIR, or run `openssl rehash` on the folder")
    case .noShell(let path):
      FailureReport(
        "no_shell", .settings, "--on-rotate needs \(path), which isn't there; nothing was sent",
        hint: "install a shell, or leave --on-rotate out")
    case .hookUnreadable:
      FailureReport(
        "hook_unreadable", .settings,
        "a shell can't read the --on-rotate command; nothing was sent",
        hint: "look for a quote or a parenthesis that is left open")
    case .hookNotFound(let name):
      FailureReport(
        "hook_not_found", .settings,
        "there is no program \(sanitized(name)), which the --on-rotate command calls; nothing was sent",
        hint: "correct the name, or give its whole path: cron's PATH is short")
    case .pasteWithoutTerminal:
      FailureReport(
        "paste_without_terminal", .usage, "--paste needs a terminal to paste into",
        hint: "run it in a terminal, or leave --paste out")
    case .onlyWith(let needed, let option):
      FailureReport(
        "option_without", .usage, "\(option) goes with \(needed), which isn't given",
        hint: "add \(needed), or leave \(option) out")
    case .contradiction(let one, let other):
      FailureReport(
        "contradiction", .usage, "\(one) and \(other) contradict each other",
        hint: "leave one of them out")
    case .notAnAccount(let text):
      FailureReport(
        "not_an_account", .usage,
        "--account \(sanitized(text, limit: 40)) is not an account's name",
        hint: "give the name after the @: up to 15 letters, digits and underscores")
    }
  }
}
