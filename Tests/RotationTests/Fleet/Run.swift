import Foundation

@testable import Rotation

/// A run of a machine, in a thread of its own that goes on only while the test lets it.
final class Run: @unchecked Sendable {
  /// Where a run stops.
  enum Point: Equatable {
    case begin
    case step(RotationStep)
    case sleep
    /// Before a read of the store, before a swap, and after it took place.
    case read, swap, swapped
    /// Before a request to X, and after X has answered it.
    case request, answered
    case end
  }

  private unowned let machine: Machine
  private let goOn = DispatchSemaphore(value: 0)
  private let stopped = DispatchSemaphore(value: 0)
  private(set) var point = Point.begin
  private(set) var isKilled = false
  private(set) var result = ""
  /// When it wakes up; 0 while it doesn't sleep.
  var wakesAt = 0.0
  /// How far the clock has flown since it was killed.
  var afterlife = 0.0

  init(_ machine: Machine, _ run: @escaping @Sendable () -> String) {
    self.machine = machine
    let thread = Thread { [self] in
      goOn.wait()
      result = run()
      point = .end
      stopped.signal()
    }
    thread.stackSize = 1 << 21
    thread.start()
  }

  var isOver: Bool { point == .end }

  /// Called by the run itself.
  func stop(at point: Point) {
    guard !isKilled else { return }
    self.point = point
    stopped.signal()
    goOn.wait()
  }

  /// Lets it go on to the next point. What sleeps is waited for.
  func step() {
    guard !isOver else { return }
    if wakesAt > 0 { machine.world.advance(to: wakesAt) }
    goOn.signal()
    stopped.wait()
  }

  /// Lets it go on until it is at this point for the `count`th time; false where it ends before.
  @discardableResult
  func run(to wanted: Point, count: Int = 1) -> Bool {
    var left = count
    while !isOver {
      step()
      if point == wanted { left -= 1 }
      if left == 0 { return true }
    }
    return false
  }

  /// Lets it go on to its end; what came of it.
  @discardableResult
  func finish() -> String {
    while !isOver { step() }
    return result
  }

  /// Ends it here, as SIGKILL does: what the rest of it writes didn't happen.
  func kill() {
    guard !isOver else { return }
    let disk = Disk(machine.folder.path)
    isKilled = true
    wakesAt = 0
    goOn.signal()
    stopped.wait()
    result = "killed"
    disk.putBack()
  }
}

/// What a folder holds, with the folders in it.
private struct Disk {
  private let path: String
  private let files: [String: Data]

  init(_ path: String) {
    self.path = path
    files = Dictionary(
      uniqueKeysWithValues: Self.names(in: path).map {
        ($0, FileManager.default.contents(atPath: "\(path)/\($0)") ?? Data())
      })
  }

  func putBack() {
    for name in Self.names(in: path) where files[name] == nil {
      try? FileManager.default.removeItem(atPath: "\(path)/\(name)")
    }
    for (name, data) in files where FileManager.default.contents(atPath: "\(path)/\(name)") != data
    {
      // In place: the folder stays the one that the journal was written for.
      if let file = FileHandle(forWritingAtPath: "\(path)/\(name)") {
        try? file.truncate(atOffset: 0)
        try? file.write(contentsOf: data)
        try? file.close()
      } else {
        _ = FileManager.default.createFile(
          atPath: "\(path)/\(name)", contents: data, attributes: [.posixPermissions: 0o600])
      }
    }
  }

  private static func names(in path: String) -> [String] {
    var names: [String] = []
    for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] {
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: "\(path)/\(name)", isDirectory: &isFolder)
      names +=
        isFolder.boolValue ? Self.names(in: "\(path)/\(name)").map { "\(name)/\($0)" } : [name]
    }
    return names
  }
}
