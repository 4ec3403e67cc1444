import Testing

@testable import Sandbox

@Suite("Form fields")
struct FormTests {
  @Test("plus, escapes and broken escapes are read as browsers write them")
  func decoding() {
    #expect(Form.decode("a+b%20c%2B%c3%a9%".utf8) == "a b c+é%")
    #expect(Form.decode("%4".utf8) == "%4")
    #expect(Form.decode("%zz%41".utf8) == "%zzA")
  }

  @Test("decoding reverses encoding")
  func roundTrip() {
    let text = "a b+c&d=e%é\u{0}\r\n~._-"
    #expect(Form.decode(Form.encode(text).utf8) == text)
    #expect(Form.encode("a~b c") == "a~b%20c")
  }

  @Test("an empty field counts as left out, a repeated one is refused")
  func lookUp() throws {
    let form = Form("a=1&b=&c&d=1&d=2&=x&&%61b=2".utf8)
    #expect(try form.value("a") == "1")
    #expect(try form.value("b") == nil)
    #expect(try form.value("c") == nil)
    #expect(try form.value("ab") == "2")
    #expect(throws: Refusal.repeatedParameter("d")) { try form.value("d") }
    #expect(throws: Refusal.missingParameter("b")) { try form.required("b") }
  }
}
