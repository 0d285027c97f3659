#include "sevensales_plugin.h"
