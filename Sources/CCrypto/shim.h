// Header-only face of libcrypto for Swift: digests, keys, certificates; macros and variadics as functions.
#pragma once

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

/// A new key pair on the curve P-256.
static inline EVP_PKEY *cryptox_new_p256_key(void) { return EVP_EC_gen("P-256"); }

/// What was written to a memory BIO; belongs to the BIO.
static inline long cryptox_memory(BIO *bio, char **bytes) { return BIO_get_mem_data(bio, bytes); }
