import OAuth

// The journal of 0.1.0, which is read, and rewritten with the next record. There a record had one grant
// that was presented, one that was the newest, and in it the record that stood before; a used token
// was remembered by 16 bytes of its hash.

extension RotationRecord {
  /// The record that a journal of 0.1.0 has.
  init(version1 reader: consuming RecordFieldReader) throws(RecordFieldReader.Malformed) {
    self = try Version1(reader, laterUsed: nil).record
  }
}

private struct Version1 {
  enum Kind: String { case intent, answer, done, refused, revoking }

  let kind: Kind
  let purpose: String
  let presented: Grant
  let newest: Grant
  let rawAnswer: ServerAnswer?
  let time: Int
  let owesHook: Bool
  let parked: Grant?
  let presenter: String
  private(set) var refusedTo: [String] = []
  private(set) var used: [UsedTokens.Entry] = []
  private var before: [Version1] = []

  init(
    _ reader: consuming RecordFieldReader, laterUsed: [UsedTokens.Entry]?
  ) throws(RecordFieldReader.Malformed) {
    kind = try reader.text("kind").flatMap(Kind.init).required()
    purpose = try reader.text("purpose").required()
    presented = try Grant(reader.fields("presented").required())
    newest = try reader.fields("newest").map(Grant.init) ?? presented
    rawAnswer = try reader.fields("unsorted").map(ServerAnswer.init)
    time = try reader.number("time").required()
    owesHook = try reader.text("owes-hook") != nil
    parked = try reader.fields("aside").map(Grant.init)
    presenter = try KnownGrant.presenter(ofAnyServer: reader.text("client") ?? "")
    while let client = try reader.text("refused-to") {
      refusedTo.append(KnownGrant.presenter(ofAnyServer: client))
    }
    used = laterUsed ?? []
    while let digest = try reader.text("spent") {
      used.append(
        UsedTokens.Entry(token: try TokenHash(text: String(digest.prefix(16))).required()))
    }
    if laterUsed == nil, let earlier = try reader.fields("before") {
      before = [try Version1(earlier, laterUsed: used)]
    }
    try reader.end()
  }

  var record: RotationRecord {
    var record = base
    record.usedTokens = UsedTokens(used)
    record.parked = parked.map { KnownGrant($0) }
    return record
  }

  private var base: RotationRecord {
    var record: RotationRecord
    switch kind {
    case .done:
      record = RotationRecord(fileHolds: newest)
      if owesHook { record.oweHook() }
    case .answer:
      record = answered
    case .intent, .refused, .revoking:
      record = withEarlierGrant
      let role = record.role(of: presented)
      guard var known = record[role] else { return record }
      note(in: &known)
      record[role] = known
      record.isRevoking = kind == .revoking
    }
    return record
  }

  private var answered: RotationRecord {
    guard let rawAnswer else {
      var record = RotationRecord(fileHolds: newest)
      record.stage = .unsaved
      if owesHook { record.oweHook() }
      // A login is saved over what the file held, which may be nothing.
      if purpose == "login" { record.other = KnownGrant(presented) }
      return record
    }
    var record = withEarlierGrant
    var request = PendingAnswer.Request.codeExchange(over: presented, keptBy: nil)
    record.isHookWanted = owesHook
    if purpose == "refresh" {
      let role = record.role(of: presented)
      let attempt = (record[role]?.attempts ?? 0) + 1
      record[role]?.begin(attempt: attempt, by: presenter, for: nil, at: time)
      request = .refresh(of: role, clientID: presenter)
    }
    record.stage = .answered(
      PendingAnswer(answer: rawAnswer, reason: nil, request: request, time: time))
    return record
  }

  /// The grant that was presented, and beside it the one that was the newest before, if it was another.
  private var withEarlierGrant: RotationRecord {
    guard let earlier = before.first else { return RotationRecord(fileHolds: presented) }
    var record = earlier.base
    if record.newest.grant.isBlank || record.newest.grant.identity == presented.identity {
      record.newest.grant = presented
    } else {
      record.other = KnownGrant(presented)
    }
    return record
  }

  private func note(in known: inout KnownGrant) {
    switch kind {
    case .intent: known.begin(attempt: known.attempts + 1, by: presenter, for: nil, at: time)
    case .refused:
      known.refusedTo = refusedTo.isEmpty ? [presenter] : refusedTo
      known.unansweredBy = []
    case .revoking, .answer, .done: break
    }
    if kind != .refused, !refusedTo.isEmpty { known.refusedTo = refusedTo }
    if let rawAnswer { known.keep(rawAnswer) }
  }
}
