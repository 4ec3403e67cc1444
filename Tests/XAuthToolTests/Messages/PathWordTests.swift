import CommandTable
import Paths
import TestSupport
import Testing

@testable import XAuthTool

@Suite("How a path is written to be pasted")
struct PathWordTests {
  private static let odd: [[UInt8]] = [
    Array("/srv/lat".utf8) + [0xE9] + Array("1/.env".utf8), [0xFF], Array("/it's\\".utf8) + [0x80],
    Array("/a\u{1b}[31m\n\u{202e}b".utf8), Array("/\u{10ffff}".utf8),
  ]

  @Test("a shell reads back its bytes, and a terminal shows every character", arguments: odd)
  func readBack(bytes: [UInt8]) throws {
    let word = ShellWord.path(String(path: bytes))
    #expect(word.unicodeScalars.allSatisfy { 0x20...0x7E ~= $0.value }, "\(word)")
    let outcome = try Child.run(
      "/bin/bash", ["-c", "printf %s \(word) | od -An -v -tu1"],
      environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"])
    #expect(outcome.output.split { !$0.isNumber }.compactMap { UInt8($0) } == bytes)
  }

  @Test("any other is written as ever")
  func plain() {
    #expect(ShellWord.path("/srv/.env") == "/srv/.env")
    #expect(ShellWord.path("/srv/\u{e9} \u{301}") == "'/srv/\u{e9} \u{301}'")
  }
}
