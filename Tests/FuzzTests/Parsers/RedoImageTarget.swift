@testable import DurableFile

extension FuzzTarget {
  /// The image of a save in place: the content before, after, and as it is now.
  static let redoImage = FuzzTarget(name: "redo-image") { input in
    if let image = RedoImage(input, of: 7) {
      try promise("an image is its bytes", input.starts(with: image.encoded))
    }
    let parts = input.parts(3)
    let image = RedoImage(of: 7, before: parts[0], after: parts[1])
    try promise("an image is read as it was written", RedoImage(image.encoded, of: 7) == image)
    try promise("half an image is none", RedoImage(image.encoded.dropLast(), of: 7) == nil)
    try checkTorn(image, current: parts[2], written: input.count % (image.after.count + 1))
  }

  private static func checkTorn(_ image: RedoImage, current: [UInt8], written: Int) throws {
    func isTorn(_ current: [UInt8]) -> Bool {
      RedoImage.isTorn(current: current, before: image.before, after: image.after)
    }
    try promise("a file that is whole isn't torn", !isTorn(image.before) && !isTorn(image.after))
    let cut = Array(image.after[..<written]) + image.before.dropFirst(written)
    if cut != image.before, cut != image.after {
      try promise("a save that a kill cut off is seen", isTorn(cut))
    }
    if isTorn(current), !current.isEmpty {
      let longest = max(image.before.count, image.after.count)
      try promise("a file of another size is somebody's edit", current.count <= longest)
      let known = Set(image.before + image.after + [0])
      try promise("a byte of neither is somebody's edit", known.isSuperset(of: current))
    }
  }
}

extension RedoImage {
  fileprivate init?(_ bytes: ArraySlice<UInt8>, of inode: UInt64) {
    self.init(Array(bytes), of: inode)
  }
}
