import COpenSSL
import Glibc
import Paths

/// The content of a PEM file, and its permissions when it was read.
struct PEMFile {
  let path: String
  private let bytes: [UInt8]
  private let mode: mode_t

  /// In bytes; ten times the size of the longest chains in use.
  private static let sizeLimit = 1 << 20

  init(_ path: String) throws(TLSIdentityFailure) {
    // Non-blocking, because opening a FIFO would otherwise wait for a writer.
    let descriptor = open(path.pathBytes, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else { throw .notReadable(path: path, errno: errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .notReadable(path: path, errno: errno) }
    guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= Self.sizeLimit else {
      throw .notAFile(path: path)
    }
    self.path = path
    mode = status.st_mode & 0o7777
    bytes = try Self.contents(of: descriptor, path)
  }

  private static func contents(
    of descriptor: Int32, _ path: String
  ) throws(TLSIdentityFailure) -> [UInt8] {
    var contents: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16 << 10)
    while contents.count <= sizeLimit {
      let count = read(descriptor, &chunk, chunk.count)
      if count == 0 { return contents }
      if count > 0 { contents += chunk[..<count] }
      if count < 0 && errno != EINTR { throw .notReadable(path: path, errno: errno) }
    }
    throw .notAFile(path: path)
  }

  /// Refuses a key that all users can read. The group may: that is what Debian's `ssl-cert` group is
  /// for.
  func checkPermissions() throws(TLSIdentityFailure) {
    if mode & 0o007 != 0 { throw .keyReadableByOthers(path: path, mode: mode) }
  }

  /// Every certificate in the file, in order.
  func certificates(
    _ openssl: UnsafePointer<OpenSSLFunctions>
  ) throws(TLSIdentityFailure) -> [OpenSSLObject] {
    let source = try source(openssl)
    var certificates: [OpenSSLObject] = []
    while let pointer = openssl.pointee.PEM_read_bio_X509(source.pointer, nil, refuse, nil) {
      certificates.append(OpenSSLObject(pointer, openssl) { openssl.pointee.X509_free($0) })
    }
    // The loop ends after the last block, but also at a broken one. A chain without its rest would
    // fail in some browsers only, so tell the two apart.
    let reason = copenssl_reason(openssl.pointee.ERR_peek_last_error())
    openssl.pointee.ERR_clear_error()
    if certificates.isEmpty || reason != PEM_R_NO_START_LINE { throw .notPEM(path: path) }
    return certificates
  }

  /// The first private key in the file.
  func privateKey(
    _ openssl: UnsafePointer<OpenSSLFunctions>
  ) throws(TLSIdentityFailure) -> OpenSSLObject {
    let source = try source(openssl)
    var asked: Int32 = 0
    let pointer = withUnsafeMutablePointer(to: &asked) {
      openssl.pointee.PEM_read_bio_PrivateKey(source.pointer, nil, refuse, $0)
    }
    openssl.pointee.ERR_clear_error()
    if let pointer {
      return OpenSSLObject(pointer, openssl) { openssl.pointee.EVP_PKEY_free($0) }
    }
    if asked != 0 { throw .encryptedKey(path: path) }
    throw .notPEM(path: path)
  }

  private func source(
    _ openssl: UnsafePointer<OpenSSLFunctions>
  ) throws(TLSIdentityFailure) -> OpenSSLObject {
    // A copy: a read-only memory BIO would point into the array beyond the call.
    guard let bio = openssl.pointee.BIO_new(openssl.pointee.BIO_s_mem()) else {
      throw .unacceptable(path: path, reason: openssl.takeReason())
    }
    let source = OpenSSLObject(bio, openssl) { _ = openssl.pointee.BIO_free($0) }
    _ = openssl.pointee.BIO_write(bio, bytes, Int32(bytes.count))
    openssl.pointee.ERR_clear_error()
    return source
  }
}

/// A passphrase callback (`pem_password_cb`) that supplies none and records that one was needed.
/// OpenSSL's default would ask on the terminal.
private func refuse(
  _: UnsafeMutablePointer<CChar>?, _: Int32, _: Int32, asked: UnsafeMutableRawPointer?
) -> Int32 {
  asked?.assumingMemoryBound(to: Int32.self).pointee = 1
  return -1
}

/// An OpenSSL object that is freed with the value.
final class OpenSSLObject {
  let pointer: OpaquePointer
  let openssl: UnsafePointer<OpenSSLFunctions>
  private let free: (OpaquePointer) -> Void

  init(
    _ pointer: OpaquePointer, _ openssl: UnsafePointer<OpenSSLFunctions>,
    free: @escaping (OpaquePointer) -> Void
  ) {
    self.pointer = pointer
    self.openssl = openssl
    self.free = free
  }

  deinit { free(pointer) }
}

extension UnsafePointer<OpenSSLFunctions> {
  /// Empties OpenSSL's error queue and returns the reason of its oldest error, one of OpenSSL's fixed
  /// strings.
  func takeReason() -> String {
    let error = pointee.ERR_get_error()
    pointee.ERR_clear_error()
    return pointee.ERR_reason_error_string(error).map { String(cString: $0) } ?? "unknown reason"
  }
}
