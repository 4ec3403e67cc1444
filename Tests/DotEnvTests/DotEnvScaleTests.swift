import DotEnv
import TestSupport
import Testing

@Suite("Large documents")
struct DotEnvScaleTests {
  @Test("A line of 1 MB is a line")
  func longLine() throws {
    let long = String(repeating: "x", count: 1 << 20)
    let document = DotEnvDocument(text: "A=\(long)\nKEY='\(long)'\n#\(long)")
    #expect(document.value(of: "KEY")?.bytes.count == 1 << 20)
    #expect(try document.setting("KEY", "new").text == "A=\(long)\nKEY=new\n#\(long)")
  }

  @Test(
    "The time per line doesn't grow with the file, open quotes and escapes among its lines",
    arguments: [
      "A=v # c\n", "A=\"x\\\"\n", "A='\\'\nB=`\\`\n", "KEY=old\n", "A=\\\\\\\\\\\r", "    ",
    ])
  func manyLines(line: String) throws {
    let short = try secondsToSet(in: String(repeating: line, count: 10_000))
    let long = try secondsToSet(in: String(repeating: line, count: 100_000))
    // Ten times as long in linear time, a hundred times in quadratic.
    #expect(long < 40 * short)
  }

  private func secondsToSet(in text: String) throws -> Double {
    let bytes = Array("\(text)\nKEY=old\n".utf8)
    return try processorSeconds {
      let result = try DotEnvDocument(bytes).setting("KEY", "new")
      #expect(result.value(of: "KEY")?.text == "new")
      #expect(result.bytes.count == bytes.count)
    }
  }
}
