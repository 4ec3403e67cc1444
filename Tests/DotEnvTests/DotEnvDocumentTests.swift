import DotEnv
import Testing

@Suite("What a document says")
struct DotEnvDocumentTests {
  @Test(
    "A value is read as most readers read it",
    arguments: [
      ("KEY=v", "v"),
      ("KEY=", ""),
      ("KEY=   ", ""),
      ("KEY = v", "v"),
      ("  export KEY=v", "v"),
      ("export\tKEY=v", "v"),
      ("KEY=a=b==", "a=b=="),
      ("KEY=two words  ", "two words"),
      ("KEY=v # c", "v"),
      ("KEY=v\t# c", "v"),
      ("KEY=v#c", "v#c"),
      ("KEY=#c", "#c"),
      ("KEY= # c", ""),
      ("KEY='v # c'", "v # c"),
      ("KEY='v' # c", "v"),
      ("KEY='v'# c", "v"),
      ("KEY=\"v\"   ", "v"),
      ("KEY=`it's \"v\"`", "it's \"v\""),
      ("KEY=''", ""),
      ("KEY=it's", "it's"),
      ("KEY=$HOME/${X}", "$HOME/${X}"),
      ("KEY=\u{E9}\u{1F600}", "\u{E9}\u{1F600}"),
      ("\u{FEFF}KEY=v", "v"),
    ])
  func reading(text: String, value: String) {
    for ending in ["", "\n", "\r\n", "\r"] {
      #expect(DotEnvDocument(text: text + ending).value(of: "KEY")?.text == value)
    }
  }

  @Test(
    "Escapes are resolved in double quotes only",
    arguments: [
      (#"KEY="a\nb""#, "a\nb"),
      (#"KEY="a\r\tb""#, "a\r\tb"),
      (#"KEY="\"\\\$\`""#, "\"\\$`"),
      (#"KEY="\\n""#, #"\n"#),
      (#"KEY="C:\dir""#, #"C:\dir"#),
      (#"KEY='a\nb'"#, #"a\nb"#),
      (#"KEY='it\'s'"#, #"it\'s"#),
      (#"KEY=`a\nb`"#, #"a\nb"#),
      (#"KEY=a\nb"#, #"a\nb"#),
    ])
  func escapes(text: String, value: String) {
    #expect(DotEnvDocument(text: text).value(of: "KEY")?.text == value)
  }

  @Test("A quoted value over several lines has line feeds, whatever the file's endings")
  func severalLines() {
    for ending in ["\n", "\r\n", "\r"] {
      let document = DotEnvDocument(text: "A='1\(ending)KEY=no\(ending)'\(ending)B=2\(ending)")
      #expect(document.value(of: "A")?.text == "1\nKEY=no\n")
      #expect(document.value(of: "KEY") == nil)
      #expect(document.value(of: "B")?.line == 4)
    }
  }

  @Test(
    "A quote that nothing closes is text to the end of its line", arguments: ["'", "\"", "`"])
  func openQuote(quote: String) {
    let document = DotEnvDocument(text: "A=\(quote)x # y\nKEY=v\n")
    #expect(document.value(of: "A")?.text == "\(quote)x # y")
    #expect(document.value(of: "KEY")?.text == "v")
  }

  @Test("Text after a closing quote makes the quotes part of the value")
  func textAfterQuote() {
    #expect(DotEnvDocument(text: "KEY=\"a\"b # c").value(of: "KEY")?.text == "\"a\"b")
  }

  @Test(
    "A line that isn't an assignment of the key isn't read as one",
    arguments: [
      "#KEY=v", "  # KEY=v", "KEY", "KEY v", "MYKEY=v", "KEY_2=v", "key=v", "=v", "export KEY",
      "a KEY=v", "KEY#=v", "export=v", "export export KEY=v",
    ])
  func otherLines(text: String) {
    #expect(DotEnvDocument(text: text).value(of: "KEY") == nil)
  }

  @Test("The last assignment counts, and the value knows its line")
  func lastCounts() {
    let value = DotEnvDocument(text: "KEY=1\r\n\r\n# c\nKEY=2\n").value(of: "KEY")
    #expect(value?.text == "2")
    #expect(value?.line == 4)
  }

  @Test("Keys come in order; an NFD key isn't the NFC one")
  func keys() {
    let text = "B=1\nexport A=2\n#C=3\nB=4\nX\u{E9}=5\nXe\u{301}=6\nexport=7\n"
    let keys = DotEnvDocument(text: text).keys
    #expect(
      keys.map { Array($0.utf8) }
        == ["B", "A", "B", "X\u{E9}", "Xe\u{301}", "export"].map { Array($0.utf8) })
    #expect(DotEnvDocument([0xFF, UInt8(ascii: "="), UInt8(ascii: "1")]).keys.isEmpty)
  }

  @Test("A value that isn't UTF-8 has bytes but no text")
  func invalidUTF8() {
    let value = DotEnvDocument(Array("KEY=a".utf8) + [0xFF, 0x00]).value(of: "KEY")
    #expect(value?.bytes == [UInt8(ascii: "a"), 0xFF, 0x00])
    #expect(value?.text == nil)
  }

  @Test("The bytes come back as they went in")
  func lossless() {
    let bytes: [UInt8] = Array(0...255) + Array("\r\nKEY='x\n".utf8)
    #expect(DotEnvDocument(bytes).bytes == bytes)
    #expect(DotEnvDocument([]).keys.isEmpty)
  }

  @Test("No description, interpolation or dump shows a value")
  func secrecy() throws {
    let document = DotEnvDocument(text: "KEY=tell-nobody\n")
    let value = try #require(document.value(of: "KEY"))
    let shown: [Any] = [
      document, value, DotEnvChange("KEY", "tell-nobody", origin: .server),
      Optional(value) as Any, [value],
    ]
    for one in shown {
      var dumped = ""
      dump(one, to: &dumped)
      let texts = ["\(one)", String(describing: one), String(reflecting: one), dumped]
      #expect(!texts.contains { $0.contains("tell-nobody") || $0.contains("116") })
    }
  }
}
