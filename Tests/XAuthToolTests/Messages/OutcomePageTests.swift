import Callback
import DurableFile
import Rotation
import Testing

@testable import OAuth
@testable import XAuthTool

@Suite("The page at the end of a login tells the same as the terminal")
struct OutcomePageTests {
  private static let full = RotationFailure.file(.noSpace(path: "/srv/app/.env"))
  private static let journal = "/srv/app/.env.xauth/journal"

  @Test("a cancel is a decision; what X itself turns down or can't do is told apart")
  func denials() {
    #expect(Page.denied(with: "access_denied") == .denied)
    for error in ["server_error", "temporarily_unavailable"] {
      #expect(Page.denied(with: error) == .unavailable)
      #expect(LoginFailure.denied(error: error, description: nil).report.exit == .temporary)
    }
    for error in ["invalid_scope", "invalid_request", "unauthorized_client", "odd", ""] {
      #expect(Page.denied(with: error) == .refused)
      #expect(LoginFailure.denied(error: error, description: nil).report.exit != .temporary)
    }
  }

  @Test("tokens that are kept: both say that the next run saves them")
  func kept() {
    let failure = Failure.rotation(.notSaved(reason: Self.full, recovery: Self.journal))
    #expect(Page.forFailedExchange(failure) == .couldNotSave)
    #expect(failure.report.hint?.text(tool: "xauth").contains("the next run saves it") == true)
    #expect(text(.couldNotSave).contains("the next run saves them"))
  }

  @Test("tokens that are kept beside others: both say for how long, and no run is promised")
  func aside() {
    let failure = Failure.rotation(.notSaved(reason: nil, recovery: Self.journal))
    #expect(Page.forFailedExchange(failure) == .keptAside)
    #expect(failure.report.hint?.text(tool: "xauth").contains("until the next renewal") == true)
    #expect(text(.keptAside).contains("until the next renewal"))
    #expect(!text(.keptAside).contains("next run"))
  }

  @Test("tokens that nothing holds: both say that they are lost, whatever was in the way")
  func lost() {
    for reason in [Self.full, nil] {
      let failure = Failure.rotation(.notSaved(reason: reason, recovery: nil))
      #expect(Page.forFailedExchange(failure) == .lost)
      #expect(failure.report.message.contains("so it is lost"))
      #expect(text(.lost).contains("the tokens are lost"))
      #expect(!text(.lost).contains("recovery"))
    }
  }

  @Test("no tokens: nothing was saved, and the terminal knows why")
  func none() {
    let failures: [RotationFailure] = [
      EveryFailure.unanswered(.timedOut(seconds: 12), .codeExchange, mayHaveReachedServer: true),
      .unusableAnswer(.unusableToken, .codeExchange, said: nil, kept: nil), .busy(nil),
    ]
    for failure in failures {
      #expect(Page.forFailedExchange(.rotation(failure)) == .exchangeFailed)
    }
  }

  @Test("the page tells what kind of failure it was, from a list of its own")
  func reasons() {
    let unreached = EveryFailure.unanswered(.refused, .codeExchange, mayHaveReachedServer: false)
    let lost = EveryFailure.unanswered(.connectionLost, .codeExchange, mayHaveReachedServer: true)
    let failures: [(Failure, Page.Reason?)] = [
      (.login(.denied(error: "invalid_scope", description: "<b>")), .scopes),
      (.login(.denied(error: "unauthorized_client", description: nil)), .request),
      (.login(.denied(error: "server_error", description: nil)), .ownFault),
      (.login(.denied(error: "access_denied", description: nil)), nil),
      (.rotation(.clientRefused(EveryFailure.response)), .request),
      (.rotation(.codeRefused(EveryFailure.response)), .code),
      (.rotation(unreached), .unreachable), (.rotation(lost), .noAnswer),
      (.rotation(.busy(nil)), .rateLimited),
      (
        .rotation(.unusableAnswer(.noAccessToken, .codeExchange, said: nil, kept: nil)),
        .unusableAnswer
      ),
      (.rotation(.notSaved(reason: Self.full, recovery: nil)), .diskFull),
      (.rotation(.notSaved(reason: nil, recovery: Self.journal)), .changed),
      (.file(.lockTimedOut(path: Self.journal, seconds: 30)), .locked),
      (.file(.readOnlyFileSystem(path: Self.journal)), .notWritable),
    ]
    for (failure, reason) in failures { #expect(Page.Reason(failure) == reason, "\(failure)") }
  }

  private func text(_ page: Page) -> String { String(decoding: page.html, as: UTF8.self) }
}
