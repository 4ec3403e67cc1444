import Testing

@testable import DurableFile

@Suite struct RedoImageTests {
  /// Every content over `alphabet` of at most `count` bytes.
  static func contents(_ alphabet: [UInt8], upTo count: Int) -> [[UInt8]] {
    var all: [[UInt8]] = [[]]
    var last: [[UInt8]] = [[]]
    for _ in 0..<count {
      last = last.flatMap { start in alphabet.map { start + [$0] } }
      all += last
    }
    return all
  }

  /// The file at every moment of a save: each byte written in turn, and then the cut.
  static func states(from before: [UInt8], to after: [UInt8]) -> [[UInt8]] {
    (0...after.count).map { Array(after[..<$0]) + before.dropFirst($0) } + [after]
  }

  static func isTorn(_ current: [UInt8], _ before: [UInt8], _ after: [UInt8]) -> Bool {
    RedoImage.isTorn(current: current, before: before, after: after)
  }

  @Test("every moment of every save is whole or torn, and nothing else of that kind is torn")
  func exhaustive() {
    // The zero stands for what a power cut may leave where the file had grown: tested apart.
    let all = Self.contents([1, 2], upTo: 4)
    for before in all {
      for after in all {
        let states = Set(Self.states(from: before, to: after))
        let torn = states.union([[]]).subtracting([before, after])
        for current in all where Self.isTorn(current, before, after) != torn.contains(current) {
          Issue.record("\(current) between \(before) and \(after)")
        }
      }
    }
  }

  @Test("whole contents are never torn, an emptied file is")
  func whole() {
    #expect(!Self.isTorn([1], [1], [2]))
    #expect(!Self.isTorn([2], [1], [2]))
    #expect(Self.isTorn([], [1], [2]))
    #expect(!Self.isTorn([], [], [2]))
    #expect(!Self.isTorn([], [1], []))
  }

  @Test("what somebody else wrote isn't torn")
  func foreign() {
    let before = Array("A=1\nTOKEN=old\nB=2\n".utf8)
    let after = Array("A=1\nTOKEN=new\nB=2\n".utf8)
    for text in [
      "A=1\nTOKEN=old\n", "A=1\nTOKEN=old\nB=3\n", "A=1\nTOKEN=other\nB=2\n", "A=1\n",
      "A=1\nTOKEN=\nB=2\n", "X=1\nTOKEN=new\nB=2\n", "A=1\nTOKEN=new\nB=2\nC=3\n",
    ] {
      #expect(!Self.isTorn(Array(text.utf8), before, after), "\(text)")
    }
  }

  @Test("a power cut may leave any sectors new, and zeros where the file had grown")
  func sectors() {
    let sector = RedoImage.sector
    let before = [UInt8](repeating: 1, count: 3 * sector)
    let after = [UInt8](repeating: 2, count: 5 * sector)
    var current = before
    current.replaceSubrange(sector..<(2 * sector), with: after[sector..<(2 * sector)])
    #expect(Self.isTorn(current, before, after))
    #expect(Self.isTorn(current + [UInt8](repeating: 0, count: 2 * sector), before, after))
    #expect(Self.isTorn(current + after[(3 * sector)..<(4 * sector)], before, after))
    current[sector + 7] = 3
    #expect(!Self.isTorn(current, before, after))
    #expect(!Self.isTorn(before + [1], before, after))
  }

  @Test("an image comes back from its bytes, also from a file longer than it")
  func roundTrip() {
    let image = RedoImage(of: 7, before: Array("old".utf8), after: Array("newer".utf8))
    #expect(RedoImage(image.encoded, of: 7) == image)
    #expect(RedoImage(image.encoded + [0, 0, 0], of: 7) == image)
    #expect(RedoImage(image.encoded, of: 8) == nil, "another file's")
    let empty = RedoImage(of: 7, before: [], after: [])
    #expect(RedoImage(empty.encoded, of: 7) == empty)
  }

  @Test("an image that was cut off or changed anywhere isn't read")
  func torn() {
    let bytes = RedoImage(of: 7, before: Array("old".utf8), after: Array("newer".utf8)).encoded
    for count in 0..<bytes.count { #expect(RedoImage(Array(bytes[..<count]), of: 7) == nil) }
    for index in bytes.indices {
      var damaged = bytes
      damaged[index] ^= 1
      #expect(RedoImage(damaged, of: 7) == nil, "byte \(index)")
    }
  }

  @Test("lengths beyond all bounds are refused before anything is made of them")
  func lengths() {
    var bytes = RedoImage(of: 7, before: [], after: []).encoded
    for index in 16..<32 { bytes[index] = 0xff }
    #expect(RedoImage(bytes, of: 7) == nil)
  }
}
