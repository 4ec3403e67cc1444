import Foundation
import Serving
import TestSupport
import Testing

@Suite("Bridge: failures")
struct BridgeFailureTests {
  /// The only line after one request to `server`, with the bridge at its end.
  private func answer(_ url: String) throws -> (line: String, notes: [String]) {
    let stage = try BridgeStage(url)
    stage.say(#"{"jsonrpc":"2.0","id":"a\u002Fb","method":"tools/call"}"#)
    let line = try #require(stage.line(with: "error"))
    #expect(stage.end())
    #expect(stage.lines.count == 1)
    #expect(line.hasPrefix(#"{"jsonrpc":"2.0","id":"a\u002Fb","error":{"#), "the id as it came")
    #expect((try? JSONSerialization.jsonObject(with: Data(line.utf8))) != nil)
    return (line, stage.noted)
  }

  @Test("a refusal is an error with the status and the server's reason, fit to be read")
  func refusal() throws {
    let server = try BridgeServer { _, answer in
      answer.send(403, #"{"title":"Forbidden","detail":"no \u001b[31m\"tweets\" for t0"}"#)
    }
    let (line, _) = try answer(server.url)
    #expect(line.contains(#""code":-32000"#) && line.contains("HTTP 403"))
    #expect(line.contains("tweets") && !line.contains("t0") && !line.contains("\u{1B}"))
    #expect(!line.contains("may have been"))
  }

  @Test(
    "an error of the server's own is passed on under the request's id",
    arguments: [
      "null", #""server-error""#, #""a/b""#,
    ])
  func ownError(id: String) throws {
    let error = #"{"code":-32020,"message":"no","data":{"x":[1]}}"#
    let server = try BridgeServer { _, answer in
      answer.send(400, #"{"jsonrpc":"2.0","id":\#(id),"error":\#(error)}"#)
    }
    #expect(try answer(server.url).line.hasSuffix(#""error":\#(error)}"#))
  }

  @Test(
    "what is no JSON-RPC never comes out, and its request gets an error",
    arguments: [
      "<html>secret</html>", #"{"detail":"secret"}"#, "\"secret\"",
      "{\"id\":\"a/b\",\"result\":\"\u{1}\"}",
    ])
  func notJSONRPC(body: String) throws {
    let server = try BridgeServer { _, answer in answer.send(200, body, type: "text/html; x=y") }
    let (line, notes) = try answer(server.url)
    #expect(line.contains("text/html") && line.contains("may have been carried out"))
    #expect(!line.contains("secret"))
    #expect(notes.count == 1 && !notes[0].contains("secret"))
  }

  @Test("a success without a response is an error")
  func noResponse() throws {
    let server = try BridgeServer { _, answer in answer.send(202) }
    #expect(try answer(server.url).line.contains("may have been carried out"))
    #expect(server.requests.count == 1)
  }

  @Test("a redirect is not followed")
  func redirect() throws {
    let server = try BridgeServer { _, answer in
      answer.send(307, headers: ["Location: /elsewhere"])
    }
    #expect(try answer(server.url).line.contains("redirects are not followed"))
    #expect(server.requests.count == 1)
  }

  @Test("a request that never left is said not to have been sent")
  func refused() throws {
    let port = try LoopbackPort()
    let (line, _) = try answer("http://127.0.0.1:\(port.number)/mcp")
    #expect(line.contains("no answer came; it was not sent"))
  }

  @Test("a request whose answer was cut off may have been carried out, and isn't sent again")
  func cutOff() throws {
    let server = try BridgeServer { _, answer in
      answer.raw(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{\"js")
      answer.hangUp()
    }
    #expect(
      try answer(server.url).line.contains("it may have been carried out; it was not sent again"))
    #expect(server.requests.count == 1)
  }

  @Test("a request that a kept connection loses isn't sent again")
  func lostOnKeptConnection() throws {
    let server = try BridgeServer { request, answer in
      request.says("last") ? answer.hangUp() : answer.send(200, BridgeStage.result(1))
    }
    let stage = try BridgeStage(server.url)
    stage.say(BridgeStage.call(1))
    _ = try #require(stage.line(with: #""id":1"#))
    stage.say(BridgeStage.call(2, "last"))
    #expect(stage.line(with: #""id":2"#)?.contains("may have been carried out") == true)
    #expect(stage.end())
    #expect(server.requests(saying: "last").count == 1)
  }

  @Test("a notification that fails is a note, and the next one is sent")
  func notification() throws {
    let server = try BridgeServer { request, answer in answer.send(request.says("n1") ? 500 : 202) }
    let stage = try BridgeStage(server.url)
    stage.say(#"{"jsonrpc":"2.0","method":"n1","params":"private"}"#)
    stage.say(#"{"jsonrpc":"2.0","method":"n2"}"#)
    #expect(eventually { server.requests.count == 2 })
    #expect(stage.end())
    #expect(stage.text.isEmpty && stage.noted.count == 1)
    #expect(stage.noted[0].contains("HTTP 500") && !stage.noted[0].contains("private"))
  }
}
