#ifndef CUR_UTF8_H
#define CUR_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* 1 if the bytes are valid UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF). */
int cur_utf8_valid(const uint8_t *text, size_t n);

#endif
