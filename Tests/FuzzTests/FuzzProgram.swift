import Glibc

/// What libFuzzer calls for each input; the program's `main` is its own.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  do {
    try FuzzProgram.target.check(Array(UnsafeBufferPointer(start: start, count: count)))
  } catch {
    FuzzProgram.say("\(FuzzProgram.target.name): broken promise: \(error)")
    // libFuzzer keeps the input that it happened with.
    abort()
  }
  return 0
}

private enum FuzzProgram {
  /// Among libFuzzer's own lines, and there even if the next one is abort.
  static func say(_ line: String) { _ = write(STDERR_FILENO, "\(line)\n", line.utf8.count + 1) }

  /// One program for all targets: linking and its start are the most of a short run.
  static let target: FuzzTarget = {
    let name = getenv("XAUTH_FUZZ_TARGET").map { String(cString: $0) } ?? ""
    guard let target = FuzzTarget.all.first(where: { $0.name == name }) else {
      say("XAUTH_FUZZ_TARGET is one of \(FuzzTarget.all.map(\.name))")
      exit(2)
    }
    return target
  }()
}
