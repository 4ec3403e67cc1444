import DotEnv
import Testing

@Suite("What setting a value does to a document")
struct DotEnvRewriteTests {
  @Test(
    "A value is replaced in place, and only the value",
    arguments: [
      ("KEY=old\n", "KEY=new\n"),
      ("KEY=\n", "KEY=new\n"),
      ("KEY=old", "KEY=new"),
      ("A=1\nKEY=old\nB=2", "A=1\nKEY=new\nB=2"),
      ("\t export  KEY=old\n", "\t export  KEY=new\n"),
      ("KEY=old # why\n", "KEY=new # why\n"),
      ("KEY=old\t#why \n", "KEY=new\t#why \n"),
      ("KEY='old'#why\n", "KEY=new #why\n"),
      ("KEY= # why\n", "KEY=new # why\n"),
      ("KEY=\"o # l # d\" # why\n", "KEY=new # why\n"),
      ("KEY='a\nKEY=b\n' # why\nB=2\n", "KEY=new # why\nB=2\n"),
      ("KEY=`a\n`\n", "KEY=new\n"),
      ("KEY=\"a\"b # why\n", "KEY=new # why\n"),
      ("KEY='open # not why\nB=2\n", "KEY=new\nB=2\n"),
      ("KEY=old#not why\n", "KEY=new\n"),
      ("KEY=#not why\n", "KEY=new\n"),
      ("\u{FEFF}KEY=old\n", "\u{FEFF}KEY=new\n"),
    ])
  func replacing(before: String, after: String) throws {
    #expect(try setKey(in: before) == after)
  }

  @Test(
    "The spacing of `K = v` is kept; blanks that a shell or docker would read as the value are removed"
  )
  func spacing() throws {
    #expect(try setKey(in: "KEY = old\n") == "KEY = new\n")
    #expect(try setKey(in: "KEY =old\n") == "KEY =new\n")
    #expect(try setKey(in: "KEY  =  # why\n") == "KEY  =  new  # why\n")
    #expect(try setKey(in: "KEY= old\n") == "KEY=new\n")
    #expect(try setKey(in: "KEY=old  \n") == "KEY=new\n")
    #expect(try setKey(in: "KEY='old'\t\r\n") == "KEY=new\r\n")
  }

  @Test("Each line keeps its own ending")
  func endings() throws {
    #expect(try setKey(in: "A=1\r\nKEY=old\nB=2\r\n") == "A=1\r\nKEY=new\nB=2\r\n")
    #expect(try setKey(in: "A=1\nKEY=old\r\nB=2\n") == "A=1\nKEY=new\r\nB=2\n")
    #expect(try setKey(in: "A=1\rKEY=old\rB=2") == "A=1\rKEY=new\rB=2")
  }

  @Test("All duplicates get the value, so that no reader finds another")
  func duplicates() throws {
    #expect(
      try setKey(in: "KEY=1\nA=x\nexport KEY='2' # c\nKEY=\n")
        == "KEY=new\nA=x\nexport KEY=new # c\nKEY=new\n")
    #expect(try setKey(in: "KEY=1\nKEY='new'\n") == "KEY=new\nKEY='new'\n")
  }

  @Test(
    "A key that isn't there is appended in the file's dominant ending",
    arguments: [
      ("", "KEY=new\n"),
      ("\u{FEFF}", "\u{FEFF}KEY=new\n"),
      ("A=1\n", "A=1\nKEY=new\n"),
      ("A=1", "A=1\nKEY=new\n"),
      ("A=1\r\nB=2", "A=1\r\nB=2\r\nKEY=new\r\n"),
      ("A=1\nB=2\r\nC=3\r\n", "A=1\nB=2\r\nC=3\r\nKEY=new\r\n"),
      ("A=1\r\nB=2\n", "A=1\r\nB=2\nKEY=new\n"),
      ("A=1\rB=2\r", "A=1\rB=2\rKEY=new\r"),
      ("#KEY=old\nKEY_2=x\nkey=y\nMYKEY=z\n", "#KEY=old\nKEY_2=x\nkey=y\nMYKEY=z\nKEY=new\n"),
      ("A='open\n", "A='open\nKEY=new\n"),
      ("A=x\\\n", "A=x\\\n\nKEY=new\n"),
      ("A=x\\", "A=x\\\n\nKEY=new\n"),
    ])
  func appending(before: String, after: String) throws {
    #expect(try setKey(in: before) == after)
  }

  @Test(
    "A line inside a quoted value is text, even if it looks like an assignment of the key",
    arguments: ["'", "\"", "`"])
  func lookAlikes(quote: String) throws {
    let text = "A=\(quote)x\nKEY=old\n\\\(quote)\nexport KEY=old\n\(quote)\n"
    #expect(try setKey(in: text) == text + "KEY=new\n")
    #expect(try setKey(in: text + "KEY=old\n") == text + "KEY=new\n")
  }

  @Test("Clearing a key writes nothing after `=`, but keeps a comment from becoming the value")
  func clearing() throws {
    #expect(try setKey(in: "KEY=old\n", to: "") == "KEY=\n")
    #expect(try setKey(in: "KEY = 'old'  \n", to: "") == "KEY =\n")
    #expect(try setKey(in: "A=1\n", to: "") == "A=1\nKEY=\n")
    #expect(try setKey(in: "KEY=old # c\n", to: "") == "KEY='' # c\n")
    #expect(try setKey(in: "A='open\nKEY=old # c\n", to: "") == "A='open\nKEY=\"\" # c\n")
    #expect(
      try setKey(in: "A='open\nB=\"open\nKEY=old # c\n", to: "") == "A='open\nB=\"open\nKEY= # c\n")
  }

  @Test(
    "A value that is there already keeps its bytes",
    arguments: [
      ("KEY='new'\n", "new"), ("KEY=\"new\" # c", "new"), ("KEY = new  \r\n", "new"),
      ("KEY=`new`\n", "new"), ("KEY=v#c\n", "v#c"), ("KEY=\"a\nb\"\n", "a\nb"),
      ("KEY=''\n", ""), ("KEY= # c\n", ""), (#"KEY="\$\"""#, "$\""), ("KEY=a b\n", "a b"),
    ])
  func same(text: String, value: String) throws {
    #expect(try setKey(in: text, to: value) == text)
  }

  @Test("Several changes are made at once; if a key is changed twice the last change counts")
  func severalChanges() throws {
    let document = DotEnvDocument(text: "B=1\nA=2")
    let changes = [("A", "x"), ("C", "y"), ("B", "a b"), ("D", ""), ("C", "z")]
    let result = try document.setting(changes.map { DotEnvChange($0.0, $0.1, origin: .server) })
    #expect(result.text == "B='a b'\nA=x\nC=z\nD=\n")
    #expect(try result.setting(changes.map { DotEnvChange($0.0, $0.1, origin: .person) }) == result)
    #expect(try document.setting([]) == document)
  }

  @Test("Bytes that aren't UTF-8, and NULs, stay")
  func rawBytes() throws {
    let noise: [UInt8] = [0x41, 0x3D, 0xFF, 0x00, 0xC3, 0x0A, 0xFE, 0x0A]
    let document = DotEnvDocument(noise + Array("KEY=".utf8) + [0xFF, 0x00, 0x0A] + noise)
    #expect(try document.setting("KEY", "new").bytes == noise + Array("KEY=new\n".utf8) + noise)
  }

  @Test(
    "A name that no shell accepts is refused",
    arguments: ["", "1A", "A-B", "A B", "É", "A=B", "A\n"])
  func invalidKey(key: String) {
    #expect(throws: DotEnvFailure.invalidKey(key)) {
      try DotEnvDocument(text: "").setting(key, "x")
    }
  }

  @Test("A value that can't be quoted is refused from a person, but stored from a server")
  func unquotable() throws {
    for value in ["a\nb", "a\rb", "it's $5", "'`", #"'\"#, "${X}'"] {
      #expect(throws: DotEnvFailure.unquotable(key: "KEY")) { try setKey(in: "A=1", to: value) }
      let stored = try DotEnvDocument(text: "KEY=old # c").setting("KEY", value, origin: .server)
      #expect(stored.value(of: "KEY")?.text == value)
      #expect(stored.text.hasSuffix(" # c"))
    }
    #expect(throws: DotEnvFailure.unquotable(key: "KEY")) { try setKey(in: "", to: "a\0b") }
  }

  @Test("A quote left open earlier in the file is not closed by a new value")
  func openQuoteBefore() throws {
    #expect(try setKey(in: "A='open\n", to: "a b") == "A='open\nKEY=\"a b\"\n")
    #expect(try setKey(in: "A=\"open\n", to: "a b") == "A=\"open\nKEY='a b'\n")
    #expect(throws: DotEnvFailure.openQuote(key: "KEY", line: 2)) {
      try setKey(in: "\nA='open\n", to: "it's")
    }
    #expect(throws: DotEnvFailure.openQuote(key: "KEY", line: 1)) {
      try setKey(in: "A='open\nB=\"open\n", to: "a b", origin: .server)
    }
    #expect(try setKey(in: "KEY='open\nB=\"open\n", to: "a b") == "KEY='a b'\nB=\"open\n")
  }

  @Test("A quote that goes away with the value it stands in is in nobody's way")
  func openQuoteReplaced() throws {
    let document = DotEnvDocument(text: "KEY=\"cut off\nKEY2=old\n")
    let changes = ["KEY", "KEY2"].map { DotEnvChange($0, "it's", origin: .person) }
    #expect(try document.setting(changes).text == "KEY=\"it's\"\nKEY2=\"it's\"\n")
    #expect(throws: DotEnvFailure.openQuote(key: "KEY2", line: 1)) {
      try document.setting("KEY2", "it's")
    }
    let same = [DotEnvChange("KEY", "\"cut off", origin: .person)] + changes.dropFirst()
    #expect(throws: DotEnvFailure.openQuote(key: "KEY2", line: 1)) { try document.setting(same) }
  }
}
