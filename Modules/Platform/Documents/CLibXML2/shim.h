#include <libxml/xmlversion.h>
// Debian's libxml2 pulls in ICU's headers, whose types collide with those of Foundation's own ICU. They only concern the
// fields of an encoding handler, which nothing here touches.
#undef LIBXML_ICU_ENABLED
#include <libxml/HTMLparser.h>
#include <libxml/tree.h>
