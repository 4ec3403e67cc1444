import Testing

@testable import Serving

@Suite("Bridge: who waits for whom")
struct BridgeTrafficTests {
  private func message(_ text: String) throws -> Message { try Message(Array(text.utf8)) }

  private func call(_ number: Int, _ method: String = "m") throws -> Call {
    Call(
      number: number,
      message: try message(#"{"jsonrpc":"2.0","id":\#(number),"method":"\#(method)"}"#))
  }

  @Test("what waits has a limit, in messages and in bytes")
  func limits() throws {
    var traffic = Traffic()
    var taken = traffic.add(try call(0, "initialize"))
    taken = taken && traffic.takeCalls().count == 1
    for number in 1...1000 { taken = traffic.add(try call(number)) && taken }
    #expect(taken)
    taken = traffic.add(try call(1001))
    #expect(!taken, "a thousand requests wait")
    taken = traffic.add(try message(#"{"jsonrpc":"2.0","method":"n"}"#), 1002)
    #expect(taken, "but no notification")
  }

  @Test("what is sent makes room for as many bytes")
  func bytes() throws {
    let text = String(repeating: "x", count: 1 << 20)
    let large = try message(#"{"jsonrpc":"2.0","method":"\#(text)"}"#)
    var traffic = Traffic()
    let count = (1...100).filter { traffic.add(large, $0) }.count
    #expect(count == 63)
    let isFree = traffic.takeLane()
    let sent = traffic.takeMessage()?.number
    #expect(isFree && sent == 1)
    let hasRoom = traffic.add(large, 101)
    #expect(hasRoom)
  }

  @Test("what came before initialize doesn't wait for it; what came after does")
  func handshake() throws {
    var traffic = Traffic()
    let notification = try message(#"{"jsonrpc":"2.0","method":"n"}"#)
    let handshake = try call(3, "initialize")
    _ = traffic.add(try call(1))
    _ = traffic.add(notification, 2)
    _ = traffic.add(handshake)
    _ = traffic.add(notification, 4)
    _ = traffic.add(try call(5))
    var calls = traffic.takeCalls().map(\.number)
    #expect(calls == [1, 3])
    var numbers = sent(&traffic)
    #expect(numbers == [2])
    traffic.answered(handshake)
    numbers = sent(&traffic)
    #expect(numbers == [4])
    calls = traffic.takeCalls().map(\.number)
    #expect(calls == [5])
  }

  /// What the lane sends now.
  private func sent(_ traffic: inout Traffic) -> [Int] {
    var numbers: [Int] = []
    guard traffic.takeLane() else { return [] }
    while let next = traffic.takeMessage() { numbers.append(next.number) }
    return numbers
  }
}
