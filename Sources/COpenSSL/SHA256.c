// OpenSSL 3 wants SHA-256 to be asked of EVP, which first reads openssl.cnf and lists every algorithm
// of every provider: more than all else that `show` does. The functions themselves are still there.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "COpenSSL.h"

#include <dlfcn.h>
#include <openssl/sha.h>
#include <pthread.h>

#include "Soname.h"

static struct {
  __typeof__(SHA256_Init) *init;
  __typeof__(SHA256_Update) *update;
  __typeof__(SHA256_Final) *final;
} sha256;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void) {
  void *crypto = dlopen(SONAME("libcrypto"), RTLD_LAZY | RTLD_LOCAL);
  if (crypto == NULL) return;
  sha256.init = (__typeof__(sha256.init))dlsym(crypto, "SHA256_Init");
  sha256.update = (__typeof__(sha256.update))dlsym(crypto, "SHA256_Update");
  sha256.final = (__typeof__(sha256.final))dlsym(crypto, "SHA256_Final");
}

int copenssl_sha256(const void *bytes, size_t count, unsigned char *digest) {
  pthread_once(&once, load);
  if (sha256.init == NULL || sha256.update == NULL || sha256.final == NULL) return 0;
  SHA256_CTX context;
  return sha256.init(&context) == 1 && sha256.update(&context, bytes, count) == 1 &&
         sha256.final(digest, &context) == 1;
}
