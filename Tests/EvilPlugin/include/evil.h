#ifndef EVIL_H
#define EVIL_H

#include "sevensales_plugin.h"

const sevensales_plugin *sevensales_plugin_v1(void);

#endif
