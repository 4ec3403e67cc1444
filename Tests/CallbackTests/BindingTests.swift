import TestSupport
import Testing

@testable import Callback

@Suite("Binding")
struct BindingTests {
  private func listen(_ endpoints: ListenEndpoint...) throws -> CallbackListener {
    let redirect = try RedirectURI(scheme: .http, host: "127.0.0.1", port: 0, path: "/cb")
    return try CallbackListener(
      endpoints: endpoints, identity: nil,
      expecting: CallbackExpectation(redirect: redirect, state: "s"))
  }

  @Test("A port in use is a failure that names the address and the port")
  func portInUse() throws {
    let first = try listen(ListenEndpoint(address: "127.0.0.1", port: 0))
    let port = first.redirect.port
    for address in ["127.0.0.1", "0.0.0.0"] {
      #expect(throws: ListenFailure.portInUse(address: address, port: port)) {
        try listen(ListenEndpoint(address: address, port: port))
      }
    }
    withExtendedLifetime(first) {}
  }

  @Test("A port in use is a failure even at an address that may be absent")
  func takenIsNotAbsent() throws {
    let first = try listen(ListenEndpoint(address: "127.0.0.2", port: 0))
    let port = first.redirect.port
    #expect(throws: ListenFailure.portInUse(address: "127.0.0.2", port: port)) {
      try listen(
        ListenEndpoint(address: "127.0.0.1", port: 0),
        ListenEndpoint(address: "127.0.0.2", port: port, mayBeAbsent: true))
    }
    withExtendedLifetime(first) {}
  }

  @Test("An address of another machine is a failure, unless it may be absent and another one isn't")
  func absent() throws {
    #expect(throws: ListenFailure.addressNotHere(address: "192.0.2.1")) {
      try listen(ListenEndpoint(address: "192.0.2.1", port: 0, mayBeAbsent: true))
    }
    let listener = try listen(
      ListenEndpoint(address: "192.0.2.1", port: 0, mayBeAbsent: true),
      ListenEndpoint(address: "127.0.0.1", port: 0, mayBeAbsent: true))
    #expect(listener.boundAddresses.map(\.address) == ["127.0.0.1"])
    #expect(throws: ListenFailure.addressNotHere(address: "192.0.2.1")) {
      try listen(
        ListenEndpoint(address: "127.0.0.1", port: 0),
        ListenEndpoint(address: "192.0.2.1", port: 0))
    }
  }

  @Test("A link-local address without its interface, as /etc/hosts has it, counts as absent")
  func linkLocal() throws {
    let listener = try listen(
      ListenEndpoint(address: "fe80::1", port: 0, mayBeAbsent: true),
      ListenEndpoint(address: "127.0.0.1", port: 0, mayBeAbsent: true))
    #expect(listener.boundAddresses.map(\.address) == ["127.0.0.1"])
  }

  @Test("A name with several addresses is listened for at all that are here, on one port")
  func severalAddresses() throws {
    let found = ["127.0.0.2", "192.0.2.1", "127.0.0.3", "203.0.113.1"]
    let plan = try ListenEndpoint.resolve(host: "localhost.example", port: 0, listen: nil) { _ in
      found
    }
    let redirect = try RedirectURI(
      scheme: .https, host: "localhost.example", port: 0, path: "/cb")
    let listener = try CallbackListener(
      endpoints: plan.endpoints, identity: nil,
      expecting: CallbackExpectation(redirect: redirect, state: "s"))
    #expect(listener.boundAddresses.map(\.address) == ["127.0.0.2", "127.0.0.3"])
    let ports = Set(listener.boundAddresses.map(\.port))
    #expect(ports == [listener.redirect.port])
    let request =
      "HEAD /cb?state=s HTTP/1.1\r\nHost: localhost.example:\(listener.redirect.port)\r\n\r\n"
    let peers = try listener.boundAddresses.map { try Peer(port: $0.port, address: $0.address) }
    for peer in peers { peer.send(request) }
    #expect(listener.next(until: Monotonic.now + 0.2) == .deadline)
    listener.finish(with: .tooLate, within: 0.1)
    for peer in peers { #expect(peer.readToEnd().hasPrefix("HTTP/1.1 200 ")) }
  }

  @Test("The port is free again at once after a login")
  func reuse() throws {
    let login = try ListeningLogin()
    #expect(try login.completes())
    let port = login.port
    #expect(eventually { login.isFinished })
    // The listener is released on its own thread, a moment after it is finished.
    #expect(
      eventually { (try? listen(ListenEndpoint(address: "127.0.0.1", port: port))) != nil })
  }

  @Test("Without endpoints nothing is bound, and only the deadline is left to wait for")
  func none() throws {
    let listener = try listen()
    #expect(listener.boundAddresses.isEmpty)
    #expect(listener.next(until: Monotonic.now + 0.01) == .deadline)
    listener.finish(with: .tooLate, within: 1)
  }
}
