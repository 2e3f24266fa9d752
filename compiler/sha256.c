/* sha256.c - SHA-256 of what was read, for the banner. */
#include <nettle/base16.h>
#include <nettle/sha2.h>

#include "base.h"

const char *
sha256_of(const void *data, size_t len, char hex[65])
{
	struct sha256_ctx c;
	uint8_t digest[SHA256_DIGEST_SIZE];

	sha256_init(&c);
	sha256_update(&c, len, data);
	sha256_digest(&c, sizeof digest, digest);
	base16_encode_update(hex, sizeof digest, digest);
	hex[64] = 0;
	return hex;
}
