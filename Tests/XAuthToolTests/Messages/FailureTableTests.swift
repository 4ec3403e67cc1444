import Callback
import CommandTable
import Foundation
import HTTP
import TestSupport
import Testing

@testable import OAuth
@testable import XAuthTool

@Suite("The failure tables: what is said, and what the exit code is")
struct FailureTableTests {
  private static let all = EveryFailure.all

  @Test("every row of the tables is tried here, and so is in errors.txt")
  func everyRow() throws {
    let folder = "\(Repository.path)/Sources/XAuthTool"
    var rows: [String: Int] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder)
    where name.hasSuffix(".swift") {
      let text = try Repository.text("Sources/XAuthTool/\(name)")
      for row in text.matches(of: /(?:FailureReport|self\.init)\(\s*"([a-z0-9_]+)"/) {
        #expect(name.hasPrefix("Failures/"), "\(row.1)")
        rows[String(row.1), default: 0] += 1
      }
    }
    // A usage error is the command table's; UsageErrorTests has them all.
    rows["usage"] = nil
    #expect(rows.count > 130)
    let tried = Dictionary(grouping: Self.all, by: \.code).mapValues {
      Set($0.map { "\($0.message) \($0.spokenHint ?? "")" }).count
    }
    for (code, count) in rows { #expect(tried[code, default: 0] >= count, "\(code)") }
    #expect(Set(tried.keys) == Set(rows.keys))
  }

  @Test("every message is one line without a full stop, and so is every hint")
  func lines() {
    for report in Self.all {
      for text in [report.message, report.spokenHint].compactMap({ $0 }) {
        #expect(!text.isEmpty)
        #expect(!text.contains { $0.isNewline })
        #expect(!text.hasSuffix("."))
        #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F })
      }
    }
  }

  @Test("message and hint are a line of 100 columns each")
  func columns() {
    for report in Self.all {
      let lines = ["xauth: \(report.message)"] + (report.spokenHint.map { ["  \($0)"] } ?? [])
      for line in lines { #expect(line.count <= 100, "\(report.code), \(line.count): \(line)") }
    }
  }

  @Test("no message shows how it is made, or a secret")
  func insides() {
    let traces = [
      "Optional(", "nil", "Failure", "XAuthTool", "(path:", "errno", "‹redacted›", "hidden-secret",
    ]
    for report in Self.all {
      for trace in traces {
        #expect(!report.message.contains(trace), "\(report.code)")
        #expect(report.spokenHint?.contains(trace) != true, "\(report.code)")
      }
    }
  }

  @Test("codes are names that programs can rely on")
  func codes() {
    for report in Self.all {
      #expect(report.code.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "_") })
      #expect(!["file", "settings", "tls"].contains(report.code), "\(report.message)")
    }
  }

  @Test("every failure but a person's own decision has a way out")
  func hints() {
    let without = Set(Self.all.filter { $0.hint == nil }.map(\.code))
    #expect(
      without.isSubset(of: [
        "declined", "output_closed", "unexpected", "invalid_key",
        "journal_record_too_large",
      ]))
  }

  @Test("a call of ours in a hint is named as the program was called, and can be made")
  func calls() throws {
    let tool = Tool.xauth(named: "x-auth")
    var calls: Set<String> = []
    for report in Self.all {
      #expect(!report.message.contains("run login"), "\(report.code)")
      let parts = (report.spokenHint ?? "").split(separator: "`", omittingEmptySubsequences: false)
      for (index, part) in parts.enumerated() {
        if index % 2 == 1 {
          calls.insert(String(part))
        } else {
          for command in tool.commands {
            #expect(!part.contains("run \(command.name)"), "\(report.code)")
          }
        }
      }
    }
    #expect(calls.count > 3)
    for call in calls {
      let words = call.split(separator: " ").map(String.init)
      #expect(words.first != "xauth" && words.first != "login")
      // Another program's.
      guard words.first == "x-auth" else { continue }
      _ = try tool.parse(Array(words.dropFirst()))
    }
  }

  @Test("a call in a hint names the file that this one named, as a shell takes it")
  func file() {
    let hint: Hint = "run \(call: "login") again"
    #expect(
      hint.text(tool: "x-auth", file: "/srv/.env")
        == "run `x-auth login --env-file /srv/.env` again")
    #expect(
      hint.text(tool: "xauth", file: "my .env") == "run `xauth login --env-file 'my .env'` again")
  }

  @Test("settings and files are 4, a person is 3, the network 75, a lost save 5, a hook 1")
  func exits() {
    let usage: Set = [
      "contradiction", "option_without", "paste_without_terminal", "not_an_account",
    ]
    for failure in EveryFailure.settings {
      let report = failure.report
      #expect(report.exit == (usage.contains(report.code) ? .usage : .settings))
    }
    let waiting: Set = ["lock_timed_out", "changed_kind"]
    for failure in EveryFailure.files where failure.report.code != "journal_record_too_large" {
      let report = failure.report
      #expect(report.exit == (waiting.contains(report.code) ? .temporary : .settings))
    }
    for failure in EveryFailure.logins {
      let report = failure.report
      // The login was right, and the file is another account's.
      #expect(report.exit == (report.code == "account_not_confirmed" ? .settings : .loginNeeded))
    }
    #expect(EveryFailure.callback.allSatisfy { $0.report.exit == .settings })
    #expect(EveryFailure.options.allSatisfy { $0.report.exit == .usage })
    #expect(EveryFailure.hooks.allSatisfy { $0.report.exit == .unexpected })
    #expect(EveryFailure.scripts.allSatisfy { [.settings, .usage].contains($0.report.exit) })
    #expect(EveryFailure.programs.map(\.report.exit) == [.commandNotFound, .cannotExecute])
  }

  @Test("of a rotation too: a refused grant is 3, a refused client 4, a new token without a home 5")
  func exitsOfRotations() {
    let person: Set = [
      "no_token", "no_refresh_token", "grant_refused", "grant_refused_before", "revocation_begun",
      "code_refused", "older_account", "refused_elsewhere", "revoked_elsewhere",
    ]
    for failure in EveryFailure.rotations {
      // What no request can mend has the exit code of its cause.
      if case .unanswered(let unanswered, _) = failure, !unanswered.mayHaveReachedServer {
        continue
      }
      if case .unanswered(_, .revocation) = failure { continue }
      let report = EveryFailure.rotation(failure).report
      switch report.code {
      case _ where person.contains(report.code): #expect(report.exit == .loginNeeded)
      case "lost", "not_saved", "not_in_store": #expect(report.exit == .notSaved)
      case "client_refused", "env_file_gone", "issued_elsewhere", "not_blanked",
        "setting_control_character", "store_denied", "store_missing", "store_settings",
        "store_foreign", "store_newer", "store_damaged", "store_other_client",
        "store_other_tokens", "store_other_server", "shared_elsewhere", "only_here":
        #expect(report.exit == .settings)
      default: #expect(report.exit == .temporary, "\(report.code)")
      }
    }
    let stored = Failure.notStored(.hook(.cannotStart(errno: 2)), recovery: "", inCI: true)
    #expect(stored.report.exit == .notSaved)
    #expect(Failure.noAccessToken(path: "").report.exit == .temporary)
  }

  @Test("whatever the cause, an unknown outcome is temporary and says so")
  func unknownOutcome() {
    for cause in EveryFailure.causes {
      let failure = EveryFailure.unanswered(cause, .refresh, mayHaveReachedServer: true)
      let report = EveryFailure.rotation(failure).report
      #expect(report.exit == .temporary)
      #expect(report.message.contains("X may or may not have renewed the token"))
    }
  }

  @Test("a port that is taken: behind a proxy the redirect URI stays as it is registered")
  func proxiedPort() {
    let failure = ListenFailure.portInUse(address: "127.0.0.1", port: 8976)
    #expect(
      EveryFailure.listener(failure, .https).report.spokenHint?
        .contains("the redirect URI stays https://localhost:8976/cb") == true)
    #expect(
      EveryFailure.listener(failure).report.spokenHint?.contains("register that URL too") == true)
    #expect(
      EveryFailure.listener(failure, listen: .flag("listen")).report.spokenHint?
        .contains("give --listen another port") == true)
  }

  @Test("a client that is refused for its redirect URI is told which one to register")
  func refusedRedirect() {
    let response = ErrorResponse(
      ErrorBodies.redirect, presented: .authorizationCode, withholding: [])
    let failure = EveryFailure.rotation(.clientRefused(response))
    #expect(
      failure.report.spokenHint?.contains("callback URL that `x-auth show --verbose` prints")
        == true)
  }

  @Test("a rate limit says when to come back, if that is known")
  func busy() {
    for (advice, words) in [
      (RetryAdvice.after(seconds: 90), "in 1 min 30 s"), (.after(seconds: 0), "in a moment"),
      (.at(epochSeconds: 1_800_000_000), "in a moment"), (nil, "in a few minutes"),
    ] {
      let failure = EveryFailure.rotation(.busy(advice))
      #expect(failure.report.spokenHint == "run it again \(words)")
    }
  }

  @Test("only what is temporary is retryable")
  func retryable() {
    for report in Self.all { #expect(report.isRetryable == (report.exit == .temporary)) }
  }

  @Test("what a server or a file says can't write on the terminal")
  func hostile() {
    let hostile = "\u{1B}[2J\nxauth: signed in\u{7}"
    let setting = Setting(name: .callbackHost, text: hostile, source: .environment)
    let reports = [
      LoginFailure.denied(error: "e", description: hostile).report,
      SettingsFailure.unknownScheme(setting).report,
      SettingsFailure.endpointFromElsewhere(setting).report,
      RedirectURIFailure.malformedHost(hostile).report,
      RedirectURIFailure.malformedPath(hostile).report,
    ]
    for report in reports {
      #expect(report.message.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F })
    }
  }
}

extension FailureReport {
  /// The hint of a program that was called `x-auth`.
  fileprivate var spokenHint: String? { hint?.text(tool: "x-auth") }
}
