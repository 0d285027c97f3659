/* Snowball stemmers of the system (Debian: libstemmer-dev). */
#include <libstemmer.h>
