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
    "100,000 lines take linear time, open quotes and escapes among them",
    arguments: [
      "A=v # c\n", "A=\"x\\\"\n", "A='\\'\nB=`\\`\n", "KEY=old\n", "A=\\\\\\\\\\\r", "    ",
    ])
  func manyLines(line: String) throws {
    let text = String(repeating: line, count: 100_000) + "\nKEY=old\n"
    let seconds = try processorSeconds {
      let document = DotEnvDocument(text: text)
      let result = try document.setting("KEY", "new")
      #expect(result.value(of: "KEY")?.text == "new")
      #expect(result.bytes.count == document.bytes.count)
    }
    #expect(seconds < 60)
  }
}
