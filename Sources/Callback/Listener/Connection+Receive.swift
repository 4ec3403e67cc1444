import Glibc

extension Connection {
  /// What some bytes of a peer's amount to.
  enum Arrival {
    /// Nothing to decide.
    case nothing
    case request(RequestHead)
    case malformed(status: Int)
    case plainOnTLSPort
    case tlsOnPlainPort
    case handshakeRefused(alert: UInt8, meaning: String)
    case handshakeFailed(reason: String)
  }

  /// The first byte of every TLS handshake (RFC 8446 §5.1). No method begins with it.
  private static let handshakeRecord: UInt8 = 0x16

  /// A head's worth of ciphertext with room for certificates and padding.
  private static let wireLimit = 64 << 10

  /// Reads once: the other connections have their turn before the rest.
  func receive(tls: TLSContext?, now: Double) -> Arrival {
    let chunk = readOnce()
    guard !chunk.isEmpty else { return .nothing }
    received += chunk.count
    guard phase == .reading else {
      if received > Self.drainingLimit { close() }
      return .nothing
    }
    if case .undecided = wire {
      let isTLS = chunk.first == Self.handshakeRecord
      if isTLS != (tls != nil) {
        wire = .plain
        return isTLS ? .tlsOnPlainPort : .plainOnTLSPort
      }
      // Nobody who has said its last word can finish a handshake. What strangers left behind in the
      // backlog would keep the key at work while a browser waits there.
      if isTLS && isAtEnd {
        close()
        return .nothing
      }
      wire = tls.flatMap(TLSSession.init).map(Wire.encrypted) ?? .plain
    }
    switch wire {
    case .encrypted(let session): return decrypt(chunk, session, now: now)
    case .plain, .undecided: return take(chunk)
    }
  }

  private func readOnce() -> ArraySlice<UInt8> {
    var chunk = [UInt8](repeating: 0, count: 16 << 10)
    let count = recv(descriptor, &chunk, chunk.count, 0)
    if count == 0 || count < 0 && errno != EAGAIN && errno != EINTR { close() }
    return chunk.prefix(max(0, count))
  }

  private func decrypt(_ chunk: ArraySlice<UInt8>, _ session: TLSSession, now: Double) -> Arrival {
    let wasHandshaking = session.isHandshaking
    let progress = session.receive(chunk)
    output += session.takeOutput()
    isGreeted = isGreeted || !output.isEmpty
    switch progress {
    case .plaintext(let plaintext):
      if received > Self.wireLimit {
        close()
        return .nothing
      }
      flush(now: now)
      return phase == .closed || plaintext.isEmpty ? .nothing : take(plaintext[...])
    case .ended:
      close()
      return .nothing
    case .alert(let alert, let meaning):
      close()
      return .handshakeRefused(alert: alert, meaning: meaning)
    case .failed(let reason):
      // The alert that tells the peer why is the last thing it gets.
      sendLast(now: now)
      return wasHandshaking ? .handshakeFailed(reason: reason) : .nothing
    }
  }

  /// Adds to the head, and parses it where a line may have ended: a peer that sends byte by byte
  /// can't make us read it all again for each.
  private func take(_ bytes: ArraySlice<UInt8>) -> Arrival {
    let isWorthParsing = input.isEmpty || bytes.contains(0x0A)
    input += bytes
    if isWorthParsing {
      switch RequestHead.parse(Array(input.prefix(Self.headLimit))) {
      case .head(let head): return .request(head)
      case .malformed(let status): return .malformed(status: status)
      case .incomplete: break
      }
    }
    return input.count > Self.headLimit ? .malformed(status: 431) : .nothing
  }
}
