/// The steps of a rotation, in their order: what `--verbose` tells, and between which a run can be cut
/// off, so that tests kill it there.
enum RotationStep: String, Sendable, CaseIterable {
  case locked
  case recovered
  case proved
  case intentWritten
  case sent
  case answerWritten
  case saved
  case markedDone
  case unlocked

  /// What has just been done; nil where it's of no interest, or nobody may be waited for to read it: an
  /// answer that isn't in the journal yet would be lost with this process.
  var words: String? {
    switch self {
    case .locked: "locked the file"
    case .recovered: "looked for what an earlier run left to be finished"
    case .proved: "proved that a save will work"
    case .intentWritten: "wrote down that a token is about to be spent"
    case .sent, .unlocked: nil
    case .answerWritten: "sent the request; the answer came, and is in the journal"
    case .saved: "saved the tokens in the file"
    case .markedDone: "marked it done in the journal"
    }
  }
}
