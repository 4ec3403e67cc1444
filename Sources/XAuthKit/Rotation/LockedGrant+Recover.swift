extension LockedGrant {
  /// Finishes what an earlier run left behind. What comes back is what can't be finished
  /// without deciding something: nothing (`goOn`), or `outcomeUnknown`, `refused`,
  /// `revocationBegun`.
  mutating func recover(telling console: Console) throws(Failure) -> Recovery {
    try syncJournal()
    try mergeLeftover()
    defer { reached(.recovered) }
    // Whoever changes the file in this very moment is looked at once more, and then again.
    for _ in 0..<4 {
      let pending = recovery
      switch pending {
      case .confirm:
        try sync()
        markDone()
      case .save:
        tellOfSave(console)
        _ = try saveNewest()
      case .setAside:
        setAside(telling: console)
      case .outcomeUnknown(putBack: true), .refused(putBack: true):
        try putBackPresented(telling: console)
      case .goOn, .outcomeUnknown, .refused, .revocationBegun: return pending
      }
    }
    throw .temporary(.keepsChanging(path: path))
  }

  private func tellOfSave(_ console: Console) {
    if record?.kind == .done {
      tellOfOlderTokens(console)
    } else {
      console.say("finishing what a run that was cut off had begun")
    }
  }

  private func tellOfOlderTokens(_ console: Console) {
    console.warn(
      "older tokens were put back into \(path); the newest are saved again",
      hint: "an editor that had the file open does that: have it read the file again")
  }

  /// Writes the token that was presented last back over an even older one, and keeps the record.
  private mutating func putBackPresented(telling console: Console) throws(Failure) {
    guard let presented = record?.presented else { return }
    tellOfOlderTokens(console)
    _ = try replace(with: presented)
  }
}
