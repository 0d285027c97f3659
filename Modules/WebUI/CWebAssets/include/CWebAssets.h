#ifndef SEVENSALES_WEB_ASSETS_H
#define SEVENSALES_WEB_ASSETS_H

#include <stddef.h>
#include <stdint.h>

/// One file of the user interface, embedded three times: as it is, gzip and brotli.
typedef struct {
    const char *path;
    const char *type;
    int immutable;
    const uint8_t *plain;
    size_t plain_count;
    const uint8_t *gzip;
    size_t gzip_count;
    const uint8_t *brotli;
    size_t brotli_count;
} sevensales_web_asset;

/// How many files are embedded; 0 when the interface was not built before the program.
size_t sevensales_web_asset_count(void);

/// The file at `index`, or NULL past the end. The bytes live as long as the program.
const sevensales_web_asset *sevensales_web_asset_at(size_t index);

#endif
