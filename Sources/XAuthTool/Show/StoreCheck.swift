import Rotation

/// What the place says that several machines share a grant through.
struct StoreCheck: Sendable {
  let place: String
  let standing: SharedStanding

  /// Asks it; nil where there is none.
  static func ask(_ settings: Settings, _ call: Call) throws(Failure) -> StoreCheck? {
    guard let place = try settings.sharedPlace() else { return nil }
    let client = try settings.requiredClient(savingInFile: true).credentials
    let view = try settings.view(of: try settings.heldGrant())
    do {
      return StoreCheck(
        place: place.shown,
        standing: try SharedStanding.read(
          try call.context.openStore(place), for: client,
          at: try settings.endpoints(sending: []).api.text,
          beside: view))
    } catch {
      throw Failure(error)
    }
  }

  /// What it says, as one line.
  func words(at now: Int) -> String {
    guard let number = standing.number else { return "\(place) holds no tokens yet" }
    let saved =
      standing.saved.map { ", saved by \($0.host) at \(Times.local($0.at, now: now))" } ?? ""
    var parts = ["\(place) holds grant \(number)\(saved)"]
    if standing.isRevoked {
      parts.append("it was revoked")
    } else if standing.isRefused {
      parts.append("X refused it: a login is needed")
    } else if !standing.knowsFile {
      parts.append("the tokens in the file are others")
    } else {
      parts.append(standing.isInStep ? "this machine has it" : "the next refresh copies it")
    }
    if let use = standing.use { parts.append("\(use.words(at: now)) and hasn't finished it") }
    return parts.joined(separator: "; ")
  }
}
