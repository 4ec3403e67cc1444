import DurableFile

extension LockedGrant {
  /// Finishes what an earlier run left behind. What comes back is what can't be finished
  /// without deciding something: nothing (`goOn`), or `outcomeUnknown`, `refused`,
  /// `revocationBegun`.
  mutating func recover(telling console: Console) throws(Failure) -> Recovery {
    try mergeLeftover()
    // A save uncovers at most one more case: an older buffer was over an unknown outcome.
    for _ in 0..<3 {
      let pending = recovery
      switch pending {
      case .confirm:
        try sync()
        markDone()
      case .save:
        console.detail("finishing the save of a run that was cut off, or undoing an older copy's")
        if try save() == .leftAlone { return .goOn }
      case .setAside:
        console.warn(
          "a renewed token came for a grant that \(path) no longer holds; the file stays as it is",
          hint: "the token is kept in \(journalPath) until the next renewal")
        setAside()
      case .outcomeUnknown(let putBack):
        if putBack { try putBackPresented() }
        return pending
      case .goOn, .refused, .revocationBegun: return pending
      }
    }
    return recovery
  }
}
