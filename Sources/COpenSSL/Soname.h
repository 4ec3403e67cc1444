#ifndef COPENSSL_SONAME_H
#define COPENSSL_SONAME_H

#include <openssl/opensslv.h>

// The sonames that these headers were made for: another major version has another ABI.
#define TEXT(token) #token
#define VERSIONED(library, version) library ".so." TEXT(version)
#define SONAME(library) VERSIONED(library, OPENSSL_SHLIB_VERSION)

#endif
