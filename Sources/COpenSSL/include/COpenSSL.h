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

// Certificates and TLS, for the callback.
#define COPENSSL_TLS_FUNCTIONS(F)                                                                  \
  F(SSL_CTX_new)                                                                                   \
  F(SSL_CTX_free)                                                                                  \
  F(SSL_CTX_ctrl)                                                                                  \
  F(SSL_CTX_set_options)                                                                           \
  F(SSL_CTX_set_num_tickets)                                                                       \
  F(SSL_CTX_use_certificate)                                                                       \
  F(SSL_CTX_use_PrivateKey)                                                                        \
  F(SSL_CTX_check_private_key)                                                                     \
  F(TLS_server_method)                                                                             \
  F(SSL_new)                                                                                       \
  F(SSL_free)                                                                                      \
  F(SSL_set_bio)                                                                                   \
  F(SSL_set_accept_state)                                                                          \
  F(SSL_do_handshake)                                                                              \
  F(SSL_is_init_finished)                                                                          \
  F(SSL_read)                                                                                      \
  F(SSL_write)                                                                                     \
  F(SSL_shutdown)                                                                                  \
  F(SSL_get_error)                                                                                 \
  F(SSL_alert_desc_string_long)                                                                    \
  F(BIO_new)                                                                                       \
  F(BIO_s_mem)                                                                                     \
  F(BIO_read)                                                                                      \
  F(BIO_write)                                                                                     \
  F(BIO_ctrl_pending)                                                                              \
  F(BIO_free)                                                                                      \
  F(PEM_read_bio_X509)                                                                             \
  F(PEM_read_bio_PrivateKey)                                                                       \
  F(X509_free)                                                                                     \
  F(X509_check_host)                                                                               \
  F(X509_check_ip_asc)                                                                             \
  F(X509_check_private_key)                                                                        \
  F(X509_check_purpose)                                                                            \
  F(X509_self_signed)                                                                              \
  F(X509_get0_notBefore)                                                                           \
  F(X509_get0_notAfter)                                                                            \
  F(X509_get_ext_d2i)                                                                              \
  F(ASN1_TIME_to_tm)                                                                               \
  F(ASN1_STRING_get0_data)                                                                         \
  F(ASN1_STRING_length)                                                                            \
  F(OPENSSL_sk_num)                                                                                \
  F(OPENSSL_sk_value)                                                                              \
  F(GENERAL_NAME_free)                                                                             \
  F(OPENSSL_sk_pop_free)                                                                           \
  F(EVP_PKEY_free)                                                                                 \
  F(EVP_PKEY_get_base_id)                                                                          \
  F(EVP_PKEY_get_group_name)                                                                       \
  F(ERR_get_error)                                                                                 \
  F(ERR_peek_last_error)                                                                           \
  F(ERR_clear_error)                                                                               \
  F(ERR_reason_error_string)

// Digests and signatures.
#define COPENSSL_DIGEST_FUNCTIONS(F)                                                               \
  F(EVP_Digest)                                                                                    \
  F(EVP_sha1)                                                                                      \
  F(EVP_sha256)                                                                                    \
  F(HMAC)

// TLS on a socket of its own, which the sandbox alone serves.
#define COPENSSL_SANDBOX_FUNCTIONS(F)                                                              \
  F(SSL_CTX_set_default_passwd_cb)                                                                 \
  F(SSL_CTX_use_PrivateKey_file)                                                                   \
  F(SSL_CTX_use_certificate_chain_file)                                                            \
  F(SSL_accept)                                                                                    \
  F(SSL_set_fd)

#define COPENSSL_FUNCTIONS(F)                                                                      \
  COPENSSL_DIGEST_FUNCTIONS(F)                                                                     \
  COPENSSL_SANDBOX_FUNCTIONS(F)                                                                    \
  COPENSSL_TLS_FUNCTIONS(F)

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

// What OpenSSL has as macros, by the macros' names, for a caller that brings the table.

/// Refuses protocol versions below `version` (`SSL_CTX_set_min_proto_version`). 1 on success.
static inline long copenssl_set_min_proto_version(
    const OpenSSLFunctions *openssl, SSL_CTX *context, int version) {
  return openssl->SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, version, NULL);
}

/// Sends `certificate` along after the leaf (`SSL_CTX_add1_chain_cert`), by a reference of its
/// own. 1 on success.
static inline long copenssl_add1_chain_cert(
    const OpenSSLFunctions *openssl, SSL_CTX *context, X509 *certificate) {
  return openssl->SSL_CTX_ctrl(context, SSL_CTRL_CHAIN_CERT, 1, certificate);
}

/// Keeps no sessions (`SSL_CTX_set_session_cache_mode`): every connection is answered once.
static inline void copenssl_disable_session_cache(
    const OpenSSLFunctions *openssl, SSL_CTX *context) {
  openssl->SSL_CTX_ctrl(context, SSL_CTRL_SET_SESS_CACHE_MODE, SSL_SESS_CACHE_OFF, NULL);
}

/// No renegotiation, no tickets, no compression (`SSL_CTX_set_options`).
static inline void copenssl_set_strict_options(
    const OpenSSLFunctions *openssl, SSL_CTX *context) {
  openssl->SSL_CTX_set_options(
      context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION);
}

/// The i-th subject alternative name: a DNS name, or the 4 or 16 bytes of an IP address; NULL for
/// names of other kinds.
static inline const ASN1_STRING *_Nullable copenssl_alternative_name(
    const OpenSSLFunctions *openssl, const void *names, int i, int *isAddress) {
  const GENERAL_NAME *name = openssl->OPENSSL_sk_value(names, i);
  *isAddress = name->type == GEN_IPADD;
  if (name->type == GEN_DNS) return name->d.dNSName;
  return name->type == GEN_IPADD ? name->d.iPAddress : NULL;
}

/// Frees what `X509_get_ext_d2i` returned for the subject alternative names.
static inline void copenssl_free_alternative_names(const OpenSSLFunctions *openssl, void *names) {
  openssl->OPENSSL_sk_pop_free(names, (OPENSSL_sk_freefunc)openssl->GENERAL_NAME_free);
}

/// The reason within an error code of `ERR_get_error` (`ERR_GET_REASON`). A received alert n has
/// the reason `SSL_AD_REASON_OFFSET` + n.
static inline int copenssl_reason(unsigned long error) { return ERR_GET_REASON(error); }

#pragma clang assume_nonnull end
#endif
