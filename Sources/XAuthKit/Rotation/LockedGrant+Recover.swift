import DurableFile

extension LockedGrant {
  /// Finishes what an earlier run left behind. What comes back is what can't be finished
  /// without deciding something: nothing (`goOn`), or `outcomeUnknown`, `refused`,
  /// `revocationBegun`.
  mutating func recover(telling console: Console) throws(Failure) -> Recovery {
    try mergeLeftover()
    defer { context.reached(.recovered) }
    // Whoever changes the file in this very moment is looked at once more, and then again.
    for _ in 0..<3 {
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
      case .outcomeUnknown(let putBack):
        if putBack { try putBackPresented() }
        return pending
      case .goOn, .refused, .revocationBegun: return pending
      }
    }
    return recovery
  }

  private func tellOfSave(_ console: Console) {
    if record?.kind == .done {
      console.warn(
        "older tokens were put back into \(path); the newest are saved again",
        hint: "an editor that had the file open does that: have it read the file again")
    } else {
      console.say("finishing what a run that was cut off had begun")
    }
  }
}
