import OAuth

// Logins that wait in the journal.

extension LockedGrant {
  /// The account of the grant that the file holds; nil when unknown.
  var accountInFile: Account? {
    let (grant, record) = (grant, record)
    return grant.isBlank ? nil : record?.held(grant).account
  }

  /// Writes down whose grant the file holds, if it is that one still.
  mutating func note(_ account: Account, of held: Grant) throws(RotationFailure) {
    let grant = grant
    guard grant.hasSameTokens(as: held) else { return }
    var next = recordOrFirst
    let role = next.role(of: grant)
    if role == .other { next.other = next.held(grant) }
    next[role]?.account = account
    next.note(server: server, of: grant)
    try write(next)
  }

  /// Keeps a login that waits in the journal, as it is now. Everything else stays as it is.
  mutating func keep(_ login: KnownGrant) {
    var next = recordOrFirst
    guard !next.isOver(login.grant), !next.keeps(waiting: login) else { return }
    if case .answered = next.stage { next.stage = .saved }
    if let index = next.undecided.firstIndex(where: { $0.grant.hasSameTokens(as: login.grant) }) {
      let isOvertaken = next.undecided[index].isOlderCopy
      next.undecided[index] = login
      next.undecided[index].isOlderCopy = isOvertaken
    } else {
      next.undecided.append(login)
    }
    writeBestEffort(next)
  }

  /// Whether another process may be writing to the journal, in spite of the lock.
  func isJournalBusy() throws(RotationFailure) -> Bool {
    try rival(of: "none", after: .max) == .running
  }

  /// The login that waits with these tokens; nil when another run has settled it.
  func waiting(_ login: Grant) -> KnownGrant? {
    let record = record
    return record?.undecided.first { $0.grant.hasSameTokens(as: login) }
  }

  /// Makes `login`, which waits, the newest grant, to be saved over what the file holds.
  ///
  /// - Throws: `nothingParked`, where a later one has ended it.
  mutating func adopt(waiting login: KnownGrant) throws(RotationFailure) {
    let (grant, hasHook, path) = (grant, hasHook, path)
    var next = recordOrFirst
    guard !next.hasUsed(login.grant) else { throw .nothingParked(path: path) }
    // Another run has adopted it.
    guard !next.newest.grant.hasSameTokens(as: login.grant) else { return }
    let index = next.undecided.firstIndex { $0.grant.hasSameTokens(as: login.grant) }
    // Those that came later are newer than this one.
    var later = index.map { Array(next.undecided[($0 + 1)...]) } ?? []
    let isOvertaken =
      index.map { next.undecided[$0].isOlderCopy } == true
      || later.contains { $0.account != nil && !$0.livesOn(beside: login) }
    if let index { next.undecided = Array(next.undecided[..<index]) }
    if isOvertaken {
      next.usedTokens.add(login)
    } else {
      var adopted = login
      (adopted.keptBy, adopted.wish, adopted.cameOver) = (nil, nil, nil)
      next.isHookWanted = hasHook
      next.adopt(adopted, over: grant)
      // Whichever came first, what was said of it was said earlier.
      for index in later.indices { later[index].wish = nil }
    }
    next.undecided += later
    // A journal that fails must not cost the tokens: they go on to the save.
    writeBestEffort(next)
    if isOvertaken { throw .nothingParked(path: path) }
  }

  /// Forgets a login that waited, and that X has ended.
  mutating func forget(waiting login: KnownGrant) throws(RotationFailure) {
    var next = recordOrFirst
    next.usedTokens.add(login)
    next.undecided.removeAll { $0.grant.hasSameTokens(as: login.grant) }
    login.grant.mark.map { removeMarks(KnownGrant.yesPrefix + $0) }
    erase(leaving: next)
    try requireErased()
  }
}
