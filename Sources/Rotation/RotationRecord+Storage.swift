import DurableFile
import OAuth

// The one place where tokens leave `Secret` for the journal, whose file only its owner can read.

extension RotationRecord {
  /// The outer field. Its name carries the format's version: change it when the layout changes.
  private static let whole = "rotation-2"
  /// The same, as 0.1.0 wrote it.
  private static let wholeOfVersion1 = "rotation-1"

  /// The record as the journal keeps it.
  var encoded: [UInt8] {
    var stored = RecordFields()
    stored.append(Self.whole, fields)
    return stored.bytes
  }

  /// The record that the journal kept; nil when this program can't read it.
  init?(stored bytes: [UInt8]) {
    do {
      var stored = RecordFieldReader(bytes[...])
      if let fields = try stored.fields(Self.whole) {
        try self.init(fields)
      } else {
        try self.init(version1: stored.fields(Self.wholeOfVersion1).required())
      }
      try stored.end()
    } catch {
      return nil
    }
  }

  /// The settled record in the journal in `state`, of which `payload` was read, as far as it counts
  /// beside a file with this grant; nil when there is none.
  ///
  /// - Throws: `journalDamaged` when this program can't read it: what it says must not be passed over.
  static func read(
    _ payload: [UInt8]?, in state: StateFolder, beside file: Grant
  ) throws(FileFailure) -> RotationRecord? {
    guard let payload else { return nil }
    guard let record = RotationRecord(stored: payload)?.settled else {
      throw .journalDamaged(path: state.journalPath)
    }
    return record.folder == state.identity ? record : record.carried(beside: file)
  }

  /// What counts of a record that was written in another folder: this one was moved or restored, or a
  /// repository has brought it. Only a record that knows the file's token was surely written for this
  /// file; any other one could put a stranger's grant into it.
  func carried(beside file: Grant) -> RotationRecord? {
    var record = self
    record.usedTokens.forgetReach()
    switch Recovery.standing(of: file, in: record) {
    case .newest, .mixed, .other, .used, .usedByOtherAccount: return file.isBlank ? nil : record
    case .blank, .olderCopy, .unknown: return nil
    }
  }

  private var fields: RecordFields {
    var fields = RecordFields()
    fields.append("newest", newest.fields)
    fields.append("other", other?.fields)
    if stage == .unsaved { fields.append("unsaved", "") }
    if case .answered(let pending) = stage { fields.append("answered", pending.fields) }
    fields.append("revoking", isRevoking ? "" : nil)
    for token in owedToHook { fields.append("owes-hook", token.text) }
    fields.append("wants-hook", isHookWanted ? "" : nil)
    fields.append("failed", failure?.fields)
    fields.append("parked", parked?.fields)
    fields.append("folder", folder)
    for login in undecided { fields.append("undecided", login.fields) }
    fields.append("used", usedTokens.fields)
    for token in displaced { fields.append("displaced", token.fields) }
    fields.append("fleet", fleet?.fields)
    return fields
  }

  private init(_ reader: consuming RecordFieldReader) throws(RecordFieldReader.Malformed) {
    newest = try KnownGrant(reader.fields("newest").required())
    other = try reader.fields("other").map(KnownGrant.init)
    if try reader.text("unsaved") != nil { stage = .unsaved }
    if let pending = try reader.fields("answered") { stage = .answered(try PendingAnswer(pending)) }
    isRevoking = try reader.text("revoking") != nil
    while let token = try reader.text("owes-hook") {
      // Before it was noted for which grant, it was owed for the newest.
      if token.isEmpty { oweHook() } else { oweHook(for: try TokenHash(text: token).required()) }
    }
    isHookWanted = try reader.text("wants-hook") != nil
    failure = try reader.fields("failed").map(FailedRenewal.init)
    parked = try reader.fields("parked").map(KnownGrant.init)
    folder = try reader.text("folder")
    while let login = try reader.fields("undecided") { undecided.append(try KnownGrant(login)) }
    usedTokens = try UsedTokens(reader.fields("used").required())
    while let token = try reader.fields("displaced") { displaced.append(try DisplacedToken(token)) }
    fleet = try reader.fields("fleet").map(FleetMemory.init)
    try reader.end()
  }
}

extension DisplacedToken {
  fileprivate var fields: RecordFields {
    var fields = RecordFields()
    fields.append("token", token.text)
    fields.append(account)
    fields.append("server", server)
    fields.append("app", app)
    return fields
  }

  fileprivate init(_ reader: consuming RecordFieldReader) throws(RecordFieldReader.Malformed) {
    token = try reader.text("token").flatMap(TokenHash.init(text:)).required()
    account = try reader.account()
    server = try reader.text("server")
    app = try reader.text("app")
    try reader.end()
  }
}

extension KnownGrant {
  fileprivate var fields: RecordFields {
    var fields = RecordFields()
    fields.append("grant", grant.fields)
    fields.append(account)
    fields.append("lifetime", lifetime)
    fields.append("older-copy", isOlderCopy ? "" : nil)
    fields.append("attempts", attempts)
    fields.append("was-unanswered", wasUnanswered ? "" : nil)
    fields.append("issued-at", issuedAt)
    fields.append("issued-moment", issuedMoment)
    fields.append("issued-by", issuedBy)
    fields.append("presented-at", presentedAt)
    fields.append("presented-by", presentedBy)
    for client in unansweredBy { fields.append("unanswered-by", client) }
    for client in refusedTo { fields.append("refused-to", client) }
    fields.append("unreadable", unreadableAnswer?.fields)
    fields.append("kept-by", keptBy)
    fields.append(wish)
    fields.append("came-over", cameOver)
    fields.append("server", server)
    fields.append("app", app)
    return fields
  }

  fileprivate init(_ reader: consuming RecordFieldReader) throws(RecordFieldReader.Malformed) {
    self.init(try Grant(reader.fields("grant").required()))
    account = try reader.account()
    lifetime = try reader.number("lifetime")
    isOlderCopy = try reader.text("older-copy") != nil
    attempts = try reader.number("attempts").required()
    wasUnanswered = try reader.text("was-unanswered") != nil
    issuedAt = try reader.number("issued-at")
    issuedMoment = try reader.moment("issued-moment")
    issuedBy = try reader.text("issued-by")
    presentedAt = try reader.number("presented-at")
    presentedBy = try reader.text("presented-by")
    while let client = try reader.text("unanswered-by") { unansweredBy.append(client) }
    while let client = try reader.text("refused-to") { refusedTo.append(client) }
    unreadableAnswer = try reader.fields("unreadable").map(ServerAnswer.init)
    keptBy = try reader.text("kept-by")
    wish = try reader.wish()
    cameOver = try reader.text("came-over")
    server = try reader.text("server")
    app = try reader.text("app")
    try reader.end()
  }
}

extension PendingAnswer {
  fileprivate var fields: RecordFields {
    var fields = RecordFields()
    switch request {
    case .refresh(let role, let clientID):
      fields.append("refresh-of", role.rawValue)
      fields.append("client", clientID)
    case .codeExchange(let file, let keptBy):
      fields.append("code-over", file.fields)
      fields.append("needs-verdict", keptBy)
    }
    fields.append("time", time)
    fields.append("moment", moment)
    fields.append("answer", answer.fields)
    fields.append("reason", reason)
    fields.append(wish)
    fields.append("server", server)
    fields.append("presenter", presenter)
    return fields
  }

  fileprivate init(_ reader: consuming RecordFieldReader) throws(RecordFieldReader.Malformed) {
    if let role = try reader.text("refresh-of") {
      request = .refresh(
        of: try RotationRecord.Role(rawValue: role).required(),
        clientID: try reader.text("client").required())
    } else {
      request = .codeExchange(
        over: try Grant(reader.fields("code-over").required()),
        keptBy: try reader.text("needs-verdict"))
    }
    time = try reader.number("time").required()
    moment = try reader.moment("moment")
    answer = try ServerAnswer(reader.fields("answer").required())
    reason = try reader.text("reason")
    wish = try reader.wish()
    server = try reader.text("server")
    presenter = try reader.text("presenter")
    try reader.end()
  }
}

extension FailedRenewal {
  fileprivate var fields: RecordFields {
    var fields = RecordFields()
    fields.append("time", time)
    fields.append("command", command)
    switch outcome {
    case .answered(let status, let reason):
      fields.append("status", status)
      fields.append("reason", reason)
    case .noAnswer: fields.append("no-answer", "")
    case .notSent: break
    }
    return fields
  }

  fileprivate init(_ reader: consuming RecordFieldReader) throws(RecordFieldReader.Malformed) {
    time = try reader.number("time").required()
    command = try reader.text("command")
    if let status = try reader.number("status") {
      outcome = .answered(status: status, reason: try reader.text("reason"))
    } else {
      outcome = try reader.text("no-answer") == nil ? .notSent : .noAnswer
    }
    try reader.end()
  }
}

extension UsedTokens {
  // An entry is 13 bytes: the hash, the expiry (0: unknown), and which of the accounts (0: unknown).
  private static let entrySize = 13

  fileprivate var fields: RecordFields {
    var fields = RecordFields()
    fields.append("reach", reach)
    // More accounts than a byte counts are as good as unknown.
    let accounts = Array(
      Set(entries.compactMap(\.account)).sorted {
        ($0.username, $0.id ?? "") < ($1.username, $1.id ?? "")
      }
      .prefix(255))
    for account in accounts { fields.append(account) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(entries.count * Self.entrySize)
    for entry in entries {
      bytes.append(bigEndian: entry.token.value)
      bytes.append(bigEndian: UInt32(clamping: entry.expiresAt ?? 0))
      let account = entry.account.flatMap { accounts.firstIndex(of: $0) }
      bytes.append(UInt8(account.map { $0 + 1 } ?? 0))
    }
    fields.append("entries", bytes)
    return fields
  }

  fileprivate init(_ reader: consuming RecordFieldReader) throws(RecordFieldReader.Malformed) {
    let reach = try reader.number("reach")
    var accounts: [Account] = []
    while let account = try reader.account() { accounts.append(account) }
    let bytes = try reader.bytes("entries").required()
    try reader.end()
    guard bytes.count.isMultiple(of: Self.entrySize) else { throw RecordFieldReader.Malformed() }
    var entries: [Entry] = []
    entries.reserveCapacity(bytes.count / Self.entrySize)
    for start in stride(from: bytes.startIndex, to: bytes.endIndex, by: Self.entrySize) {
      let expiry = bytes[(start + 8)..<(start + 12)].reduce(0) { $0 << 8 | Int($1) }
      let account = Int(bytes[start + 12])
      guard account <= accounts.count else { throw RecordFieldReader.Malformed() }
      entries.append(
        Entry(
          token: TokenHash(value: bytes[start..<(start + 8)].reduce(0) { $0 << 8 | UInt64($1) }),
          expiresAt: expiry == 0 ? nil : expiry,
          account: account == 0 ? nil : accounts[account - 1]))
    }
    self.init(entries, reach: reach)
  }
}

extension RecordFields {
  fileprivate mutating func append(_ name: String, _ moment: BootMoment?) {
    append(name, moment.map { "\($0.seconds)@\($0.boot)" })
  }

  fileprivate mutating func append(_ wish: LoginWish?) {
    switch wish {
    case .anyone: append("wanted", "")
    case .named(let name): append("wanted-as", name)
    case nil: break
    }
  }

  fileprivate mutating func append(_ account: Account?) {
    append("account", account?.username)
    append("account-id", account?.id)
  }
}

extension RecordFieldReader {
  fileprivate mutating func moment(_ name: String) throws(Malformed) -> BootMoment? {
    guard let text = try text(name) else { return nil }
    let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let seconds = Int(parts[0]) else { throw Malformed() }
    return BootMoment(boot: String(parts[1]), seconds: seconds)
  }

  fileprivate mutating func wish() throws(Malformed) -> LoginWish? {
    if try text("wanted") != nil { return .anyone }
    return try text("wanted-as").map { .named($0) }
  }

  fileprivate mutating func account() throws(Malformed) -> Account? {
    guard let name = try text("account") else { return nil }
    return Account(name, id: try text("account-id"))
  }
}

extension [UInt8] {
  fileprivate mutating func append(bigEndian value: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
  }
}

extension Grant {
  fileprivate var fields: RecordFields {
    var fields = RecordFields()
    fields.append("access", accessToken?.reveal())
    fields.append("refresh", refreshToken?.reveal())
    fields.append("expires", expiresAt)
    fields.append("scopes", scopes?.commaSeparated)
    return fields
  }

  init(_ reader: consuming RecordFieldReader) throws(RecordFieldReader.Malformed) {
    self.init(
      accessToken: try reader.text("access").map { Secret($0) },
      refreshToken: try reader.text("refresh").map { Secret($0) },
      expiresAt: try reader.number("expires"),
      scopes: try reader.text("scopes").map(Scopes.init(parsing:)))
    try reader.end()
  }
}

extension ServerAnswer {
  fileprivate var fields: RecordFields {
    var fields = RecordFields()
    fields.append("status", status)
    for (name, value) in headers.sorted(by: { $0.key < $1.key }) {
      fields.append("header", name)
      fields.append("value", value)
    }
    fields.append("body", body)
    return fields
  }

  init(_ reader: consuming RecordFieldReader) throws(RecordFieldReader.Malformed) {
    let status = try reader.number("status").required()
    var headers: [String: String] = [:]
    while let name = try reader.text("header") {
      headers[name] = try reader.text("value").required()
    }
    let body = try reader.bytes("body").required()
    try reader.end()
    self.init(status: status, headers: headers, body: Array(body))
  }
}

/// The fields of a journal record as bytes: each is `name length:value` and a line feed.
///
/// With its length given, any bytes can be a value: a token needs no escapes, and a field can hold
/// fields. Reading the journal is most of what `token` does when nothing is due, and decoding JSON
/// took a fifth of the whole call.
struct RecordFields {
  private(set) var bytes: [UInt8] = []

  /// Appends a field.
  mutating func append(_ name: String, _ value: some Collection<UInt8>) {
    bytes += name.utf8
    bytes.append(UInt8(ascii: " "))
    bytes += String(value.count).utf8
    bytes.append(UInt8(ascii: ":"))
    bytes += value
    bytes.append(UInt8(ascii: "\n"))
  }

  /// Appends a field, if it has a value.
  mutating func append(_ name: String, _ text: String?) {
    if let text { append(name, text.utf8) }
  }

  /// Appends a field, if it has a value.
  mutating func append(_ name: String, _ number: Int?) {
    if let number { append(name, String(number).utf8) }
  }

  /// Appends fields as one, if there are any.
  mutating func append(_ name: String, _ fields: RecordFields?) {
    if let fields { append(name, fields.bytes) }
  }
}

/// Reads what `RecordFields` wrote, in the same order.
struct RecordFieldReader {
  /// Bytes that `RecordFields` doesn't write.
  struct Malformed: Error {}

  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  /// The value of the next field if that is its name; otherwise nil, and nothing is read.
  mutating func bytes(_ name: String) throws(Malformed) -> ArraySlice<UInt8>? {
    let mark = name.utf8
    guard rest.starts(with: mark), rest.dropFirst(mark.count).first == UInt8(ascii: " ") else {
      return nil
    }
    let afterName = rest.dropFirst(mark.count + 1)
    guard let colon = afterName.firstIndex(of: UInt8(ascii: ":")) else { throw Malformed() }
    let count = try Self.number(afterName[..<colon])
    let afterColon = afterName[(colon + 1)...]
    guard count >= 0, count < afterColon.count else { throw Malformed() }
    let end = afterColon.startIndex + count
    guard afterColon[end] == UInt8(ascii: "\n") else { throw Malformed() }
    rest = afterColon[(end + 1)...]
    return afterColon[..<end]
  }

  mutating func text(_ name: String) throws(Malformed) -> String? {
    guard let bytes = try bytes(name) else { return nil }
    return try Self.text(bytes)
  }

  mutating func number(_ name: String) throws(Malformed) -> Int? {
    guard let bytes = try bytes(name) else { return nil }
    return try Self.number(bytes)
  }

  mutating func fields(_ name: String) throws(Malformed) -> RecordFieldReader? {
    try bytes(name).map(RecordFieldReader.init)
  }

  /// Makes sure that nothing is left.
  func end() throws(Malformed) {
    guard rest.isEmpty else { throw Malformed() }
  }

  /// What can be reckoned with: as seconds since 1970 till the year 5138, long after whatever a `.env`
  /// can say. A record made up by somebody must not overflow.
  private static let countable = 0..<100_000_000_000

  private static func text(_ bytes: ArraySlice<UInt8>) throws(Malformed) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else { throw Malformed() }
    return text
  }

  private static func number(_ bytes: ArraySlice<UInt8>) throws(Malformed) -> Int {
    guard let number = Int(try text(bytes)), countable.contains(number) else { throw Malformed() }
    return number
  }
}

extension Optional {
  /// The value of a field that every record has.
  func required() throws(RecordFieldReader.Malformed) -> Wrapped {
    guard let self else { throw RecordFieldReader.Malformed() }
    return self
  }
}
