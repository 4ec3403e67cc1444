// OpenSSL by its real headers, loaded at first use.
//
// Linked in the ordinary way, libssl and libcrypto cost half of the start-up of a command that
// needs neither. So every function used is listed once below; the list makes a table of typed
// function pointers, filled by dlopen when somebody first asks for it.
#ifndef COPENSSL_H
#define COPENSSL_H

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#define COPENSSL_FUNCTIONS(F)                                                                      \
  F(CRYPTO_memcmp)                                                                                 \
  F(EVP_Digest)                                                                                    \
  F(EVP_sha1)                                                                                      \
  F(EVP_sha256)                                                                                    \
  F(HMAC)                                                                                          \
  F(SSL_CTX_check_private_key)                                                                     \
  F(SSL_CTX_ctrl)                                                                                  \
  F(SSL_CTX_free)                                                                                  \
  F(SSL_CTX_new)                                                                                   \
  F(SSL_CTX_set_default_passwd_cb)                                                                 \
  F(SSL_CTX_use_PrivateKey_file)                                                                   \
  F(SSL_CTX_use_certificate_chain_file)                                                            \
  F(SSL_accept)                                                                                    \
  F(SSL_free)                                                                                      \
  F(SSL_new)                                                                                       \
  F(SSL_read)                                                                                      \
  F(SSL_set_fd)                                                                                    \
  F(SSL_shutdown)                                                                                  \
  F(SSL_write)                                                                                     \
  F(TLS_server_method)

#pragma clang assume_nonnull begin

/// The functions of libcrypto and libssl that xauth calls, by their own names.
typedef struct OpenSSLFunctions {
#define COPENSSL_FIELD(name) __typeof__(name) *name;
  COPENSSL_FUNCTIONS(COPENSSL_FIELD)
#undef COPENSSL_FIELD
} OpenSSLFunctions;

/// The loaded library, or NULL when it can't be loaded (`copenssl_failure` says why). Safe to call
/// from any thread, and cheap after the first time.
const OpenSSLFunctions *_Nullable copenssl_functions(void);

/// Why `copenssl_functions` returned NULL: the loader's own words. NULL before that.
const char *_Nullable copenssl_failure(void);

#pragma clang assume_nonnull end
#endif
