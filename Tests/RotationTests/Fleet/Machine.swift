import DurableFile
import Foundation
import TestSupport

@testable import OAuth
@testable import Rotation

/// A machine of a `World`: a folder with an `.env`, and one process at a time.
final class Machine: @unchecked Sendable {
  let name: String
  unowned let world: World
  let folder = TemporaryFolder()
  /// What goes wrong with the next calls to the store, and to X. An empty list: nothing.
  var storeFaults: [World.Fault] = []
  var requestFaults: [World.Fault] = []
  /// The store's place, and the server, by this machine's settings.
  var place = "etcd:x-token"
  var api = Rotation.standardAPI
  /// Whether the store can't be reached from here.
  var isCutOff = false
  /// How far its time of day is ahead of the world's.
  var skew = 0
  /// Whether it never comes back.
  var isLost = false
  fileprivate(set) var isForced = false
  private(set) var process: Run?

  init(_ name: String, in world: World, expiresAt: Int) throws {
    (self.name, self.world) = (name, world)
    write("r0", expiresAt: expiresAt)
  }

  /// Puts this grant into the `.env`.
  func write(_ token: String, expiresAt: Int) {
    folder.write(
      """
      X_OAUTH2_ACCESS_TOKEN=a\(token.dropFirst())
      X_OAUTH2_REFRESH_TOKEN=\(token)
      X_OAUTH2_EXPIRES_AT=\(expiresAt)

      """, to: ".env")
  }

  /// Takes the `.env`'s tokens out.
  func clear() { folder.write("", to: ".env") }

  var target: FileTarget {
    get throws { try FileTarget.resolve(".env", from: folder.path) }
  }

  /// The refresh token in its `.env`.
  var token: String? { (try? GrantView(of: target))?.grant.refreshToken?.reveal() }

  var record: RotationRecord? { (try? GrantView(of: target))?.record }

  /// Whether its file or its journal has this refresh token.
  func holds(_ token: String) -> Bool {
    guard !isLost, let view = try? GrantView(of: target) else { return false }
    let known = [view.grant, view.record?.newest.grant, view.record?.parked?.grant]
    return known.contains { $0?.refreshToken?.reveal() == token }
  }

  // MARK: Runs

  /// Starts a run, which stops at once.
  @discardableResult
  func begin(
    isForced: Bool = false,
    _ run: @escaping @Sendable (Rotation, @escaping RotationEffects.Send) throws -> String
  ) -> Run {
    precondition(process?.isOver != false)
    self.isForced = isForced
    let process = Run(self) { [self] in
      do { return try run(try rotation(), send) } catch { return Self.name(of: error) }
    }
    self.process = process
    return process
  }

  /// Starts `refresh`.
  func beginRefresh(force: Bool = false, validity: Int = 75 * 60) -> Run {
    begin(isForced: force) { rotation, send in
      let need = Rotation.Need(validity: validity, force: force)
      switch try rotation.renew(need, permit: {}, ready: { send }) {
      case .renewed: return "renewed"
      case .byAnother, .copied: return "copied"
      case .notDue: return "not due"
      }
    }
  }

  /// `refresh`, from beginning to end.
  @discardableResult
  func refresh(force: Bool = false, validity: Int = 75 * 60) -> String {
    beginRefresh(force: force, validity: validity).finish()
  }

  /// A login whose code is in hand, with what comes before the browser opens.
  func beginLogin(waiting: Bool = true) -> Run {
    begin { rotation, send in
      if waiting { try rotation.proveSave() }
      let locked = try rotation.lockForExchange()
      let exchange = CodeExchange(
        code: Secret("code"), redirectURI: "http://127.0.0.1/", verifier: Secret("verifier"))
      let outcome = rotation.exchange(
        exchange, by: send, needsVerdict: { _ in false }, vet: { _, _ in .save(account: nil) },
        under: locked)
      _ = try outcome.get()
      return "logged in"
    }
  }

  /// `revoke`.
  func beginRevoke() -> Run {
    begin { rotation, send in "\(try rotation.revoke(ready: { send }))" }
  }

  private func rotation(isShared: Bool = true) throws -> Rotation {
    Rotation(
      home: try .file(target), client: ClientCredentials(id: "app", secret: nil),
      api: api, store: isShared ? Link(machine: self) : nil, effects: effects)
  }

  /// The same run without the setting.
  func refreshAlone(force: Bool) -> String {
    begin(isForced: force) { [self] _, send in
      _ = try rotation(isShared: false).renew(
        Rotation.Need(validity: 75 * 60, force: force), permit: {}, ready: { send })
      return "renewed"
    }.finish()
  }

  private static func name(of error: any Error) -> String {
    String("\(error)".prefix { $0 != "(" })
  }

  // MARK: What a run needs

  var effects: RotationEffects {
    RotationEffects(
      command: "refresh", hasHook: false, now: { [self] in Int(clock) + skew },
      uptime: { [self] in clock }, timeSinceBoot: { [self] in clock },
      sleep: { [self] in sleep($0) }, waiting: {}, holdSignals: { _ in }, note: { _ in },
      newID: { [world] in world.newID() }, reached: { [self] in process?.stop(at: .step($0)) })
  }

  /// What is left of a killed process sees time fly, so that it ends.
  private var clock: Double {
    guard let process, process.isKilled else { return world.time }
    process.afterlife += 1000
    return world.time + process.afterlife
  }

  private func sleep(_ seconds: Double) {
    guard let process, !process.isKilled else { return }
    process.wakesAt = world.time + seconds
    process.stop(at: .sleep)
    process.wakesAt = 0
  }

  private func send(_ request: TokenEndpointRequest, _ seconds: Double) throws(Unanswered)
    -> ServerAnswer
  {
    process?.stop(at: .request)
    let unsent = Unanswered(mayHaveReachedServer: false, cause: World.Gone())
    let unanswered = Unanswered(mayHaveReachedServer: true, cause: World.Gone())
    guard process?.isKilled != true else { throw unsent }
    let fault = requestFaults.isEmpty ? nil : requestFaults.removeFirst()
    switch fault {
    case .notSent: throw unsent
    case .lost: throw unanswered
    case .late(let delay):
      world.later(delay) { [self] in _ = world.answer(request, from: self) }
      process?.stop(at: .answered)
      throw unanswered
    case .serverError: return ServerAnswer(500, "")
    case .answerLost, nil: break
    }
    let answer = world.answer(request, from: self)
    process?.stop(at: .answered)
    guard process?.isKilled != true, fault == nil else { throw unanswered }
    return answer
  }
}

/// The store as one machine reaches it.
private struct Link: SharedStore {
  let machine: Machine
  var name: String { machine.place }

  func read(within seconds: Double) throws(StoreFailure) -> StoredEntries? {
    try machine.reach(.read)
    return machine.world.entries.map {
      StoredEntries($0, at: StoreRevision("\(machine.world.revision)"))
    }
  }

  func swap(
    _ entries: [String: String], over revision: StoreRevision?, within seconds: Double
  ) throws(StoreFailure) -> StoreSwap {
    try machine.reach(.swap)
    let (world, name) = (machine.world, machine.name)
    let fault = machine.storeFaults.isEmpty ? nil : machine.storeFaults.removeFirst()
    switch fault {
    case .notSent: throw .notSent(reason: "refused")
    case .lost, .serverError: throw .unknown(reason: "lost")
    case .late(let delay):
      world.later(delay) { _ = world.swap(entries, over: revision, by: name) }
      throw .unknown(reason: "late")
    case .answerLost, nil: break
    }
    let swap = world.swap(entries, over: revision, by: name)
    try machine.reach(.swapped)
    if fault != nil { throw .unknown(reason: "answer lost") }
    return swap
  }
}

extension Machine {
  fileprivate func reach(_ point: Run.Point) throws(StoreFailure) {
    process?.stop(at: point)
    if process?.isKilled == true { throw .notSent(reason: "killed") }
    if isCutOff { throw .unknown(reason: "cut off") }
  }
}

extension World {
  /// What a request without an answer ends with.
  struct Gone: Error {}
}
