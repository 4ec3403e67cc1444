/// The moments between which a run can be cut off: what the tests kill it at.
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
}
