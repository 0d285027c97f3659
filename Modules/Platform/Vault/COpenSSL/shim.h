// libcrypto as Vault uses it (OpenSSL 3.0 or newer). Swift cannot see function-like macros; they get names here.
#ifndef SEVENSALES_COPENSSL_H
#define SEVENSALES_COPENSSL_H

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/opensslv.h>
#include <openssl/rand.h>

#if OPENSSL_VERSION_NUMBER < 0x30000000L
#error "SevenSales needs OpenSSL 3.0 or newer (Debian: apt install libssl-dev)"
#endif

/// Frees and wipes `count` bytes that `vault_allocate` returned.
static inline void vault_free(void *bytes, size_t count) { OPENSSL_clear_free(bytes, count); }

/// `count` zeroed bytes, or NULL when there is no memory.
static inline void *vault_allocate(size_t count) { return OPENSSL_zalloc(count); }

#endif
