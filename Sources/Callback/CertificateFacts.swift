import COpenSSL
import Glibc

/// What a certificate says that browsers check.
struct CertificateFacts {
  /// Seconds since 1970.
  let notAfter: Int
  private let notBefore: Int
  private let certificate: OpenSSLObject
  private let isSelfSigned: Bool
  private let isKeyKnownToBrowsers: Bool

  /// - Throws: `unacceptable` when its dates can't be read.
  init(
    _ certificate: OpenSSLObject, _ key: OpenSSLObject, path: String
  ) throws(TLSIdentityFailure) {
    let openssl = certificate.openssl
    let pointer = certificate.pointer
    guard let notBefore = Self.seconds(openssl.pointee.X509_get0_notBefore(pointer), openssl),
      let notAfter = Self.seconds(openssl.pointee.X509_get0_notAfter(pointer), openssl)
    else { throw .unacceptable(path: path, reason: "its dates can't be read") }
    self.certificate = certificate
    self.notBefore = notBefore
    self.notAfter = notAfter
    isSelfSigned = openssl.pointee.X509_self_signed(pointer, 0) == 1
    isKeyKnownToBrowsers = Self.isKnownToBrowsers(key)
  }

  /// When the first certificate of `chain` expired; nil if none has at `now`.
  static func endOfChain(_ chain: some Collection<OpenSSLObject>, now: Int) -> Int? {
    chain.compactMap { certificate in
      let openssl = certificate.openssl
      return seconds(openssl.pointee.X509_get0_notAfter(certificate.pointer), openssl)
    }.filter { $0 < now }.min()
  }

  /// RSA, and the two curves that every browser accepts from a server.
  private static func isKnownToBrowsers(_ key: OpenSSLObject) -> Bool {
    let openssl = key.openssl.pointee
    switch openssl.EVP_PKEY_get_base_id(key.pointer) {
    case EVP_PKEY_RSA: return true
    case EVP_PKEY_EC:
      var name = [CChar](repeating: 0, count: 64)
      var length = 0
      guard openssl.EVP_PKEY_get_group_name(key.pointer, &name, name.count, &length) == 1 else {
        return false
      }
      let group = String(decoding: name.prefix(length).map(UInt8.init(bitPattern:)), as: UTF8.self)
      return ["prime256v1", "P-256", "secp384r1", "P-384"].contains(group)
    default: return false
    }
  }

  /// Throws what would make a browser refuse the certificate.
  func check(host: String, now: Int) throws(TLSIdentityFailure) {
    if now > notAfter { throw .expired(notAfter: notAfter) }
    if now < notBefore { throw .notYetValid(notBefore: notBefore) }
    let openssl = certificate.openssl.pointee
    guard openssl.X509_check_purpose(certificate.pointer, X509_PURPOSE_SSL_SERVER, 0) == 1 else {
      throw .notForServers
    }
    guard isFor(host) else { throw .wrongHost(host: host, names: alternativeNames) }
  }

  func warnings(now: Int) -> [TLSIdentityWarning] {
    var warnings: [TLSIdentityWarning] = []
    if isSelfSigned { warnings.append(.selfSigned) }
    let days = (notAfter - now) / 86_400
    if days < 30 { warnings.append(.expiresSoon(days: days)) }
    if !isKeyKnownToBrowsers { warnings.append(.keyTypeUnknownToBrowsers) }
    return warnings
  }

  private func isFor(_ host: String) -> Bool {
    let openssl = certificate.openssl.pointee
    switch Host(host) {
    case .ipv4(let text), .ipv6(let text):
      return openssl.X509_check_ip_asc(certificate.pointer, text, 0) == 1
    case .name(let text):
      let flags = UInt32(X509_CHECK_FLAG_NEVER_CHECK_SUBJECT)
      return openssl.X509_check_host(certificate.pointer, text, text.utf8.count, flags, nil) == 1
    case nil:
      return false
    }
  }

  /// The DNS names and addresses of the subject alternative name extension (RFC 5280 §4.2.1.6).
  private var alternativeNames: [String] {
    let openssl = certificate.openssl
    guard
      let names = openssl.pointee.X509_get_ext_d2i(
        certificate.pointer, NID_subject_alt_name, nil, nil)
    else { return [] }
    defer { copenssl_free_alternative_names(openssl, names) }
    return (0..<openssl.pointee.OPENSSL_sk_num(OpaquePointer(names))).compactMap { index in
      var isAddress: Int32 = 0
      guard let name = copenssl_alternative_name(openssl, names, index, &isAddress),
        let data = openssl.pointee.ASN1_STRING_get0_data(name)
      else { return nil }
      let count = Int(openssl.pointee.ASN1_STRING_length(name))
      let bytes = Array(UnsafeBufferPointer(start: data, count: count))
      return isAddress == 0 ? Self.printable(bytes) : SocketAddress(bytes: bytes, port: 0)?.host
    }
  }

  /// A name in a certificate can hold any byte; those that aren't visible ASCII are dropped.
  private static func printable(_ bytes: [UInt8]) -> String {
    String(decoding: bytes.filter(\.isVCHAR), as: UTF8.self)
  }

  private static func seconds(
    _ time: UnsafePointer<ASN1_TIME>?, _ openssl: UnsafePointer<OpenSSLFunctions>
  ) -> Int? {
    var broken = tm()
    guard let time, openssl.pointee.ASN1_TIME_to_tm(time, &broken) == 1 else { return nil }
    return timegm(&broken)
  }
}
