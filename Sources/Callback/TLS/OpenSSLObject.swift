import COpenSSL

/// An object of OpenSSL's that is freed with the value.
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
  /// The reason of the oldest error in OpenSSL's queue, in OpenSSL's fixed words; empties the
  /// queue.
  func takeReason() -> String {
    let error = pointee.ERR_get_error()
    pointee.ERR_clear_error()
    return pointee.ERR_reason_error_string(error).map { String(cString: $0) } ?? "unknown reason"
  }
}
