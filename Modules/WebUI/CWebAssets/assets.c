// The bytes come from Apps/web/dist by way of generated/assets.inc, which Scripts/embed-web writes. A clone whose web interface
// was not built yet compiles without them.
#include "CWebAssets.h"

#if defined(__has_include) && __has_include("generated/assets.inc")
#pragma clang diagnostic ignored "-Wc23-extensions"
#include "generated/assets.inc"
#else
#define SEVENSALES_WEB_ASSETS 0
static const sevensales_web_asset table[1];
#endif

size_t sevensales_web_asset_count(void) { return SEVENSALES_WEB_ASSETS; }

const sevensales_web_asset *sevensales_web_asset_at(size_t index) {
    return index < SEVENSALES_WEB_ASSETS ? &table[index] : NULL;
}
