extension RedoImage {
  /// What a disk writes whole or not at all.
  static let sector = 512

  /// Whether `current` is what a save in place leaves behind when it is cut off: neither `before`
  /// nor `after`, but empty, or a mixture of both.
  ///
  /// A kill leaves a beginning of `after` and the corresponding rest of `before`. A power cut may
  /// leave any sectors new and the others old, and zeros where the file had grown but not been
  /// filled. Everything else was written by somebody else and is theirs.
  static func isTorn(current: [UInt8], before: [UInt8], after: [UInt8]) -> Bool {
    if current == before || current == after { return false }
    if current.isEmpty { return true }
    guard isPossibleSize(current.count, before.count, after.count) else { return false }
    return stride(from: 0, to: current.count, by: sector).allSatisfy { start in
      isMixture(
        start..<min(start + sector, current.count), of: current, before: before, after: after)
    }
  }

  // The file is cut only once its content is on the disk, so at the shorter size it is whole; while
  // it grows it may have any size in between.
  private static func isPossibleSize(_ count: Int, _ before: Int, _ after: Int) -> Bool {
    count == before || (before < count && count <= after)
  }

  // Within one sector: first bytes of `after`, then bytes of `before`.
  private static func isMixture(
    _ range: Range<Int>, of current: [UInt8], before: [UInt8], after: [UInt8]
  ) -> Bool {
    let isNew = { (index: Int) in index < after.count && current[index] == after[index] }
    let isOld = { (index: Int) in
      index < before.count ? current[index] == before[index] : current[index] == 0
    }
    guard let split = range.first(where: { !isNew($0) }) else { return true }
    return (split..<range.upperBound).allSatisfy(isOld)
  }
}
