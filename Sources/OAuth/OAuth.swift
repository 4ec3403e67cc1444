import COpenSSL
func sha256(_ bytes: [UInt8]) -> [UInt8]? {
  guard let openssl = copenssl_functions()?.pointee else { return nil }
  var digest = [UInt8](repeating: 0, count: 32)
  guard openssl.EVP_Digest(bytes, bytes.count, &digest, nil, openssl.EVP_sha256(), nil) == 1 else { return nil }
  return digest
}
