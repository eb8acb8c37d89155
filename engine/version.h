/* Sonde's version, and those of the libraries it runs with. */
#ifndef SONDE_VERSION_H
#define SONDE_VERSION_H

#define SONDE_VERSION "0.1.0"

int version_count(void);
const char *version_name(int index); /* "sonde", "libuv", ... */
const char *version_text(int index);

#endif
