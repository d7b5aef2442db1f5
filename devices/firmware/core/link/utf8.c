#include "utf8.h"

int cur_utf8_valid(const uint8_t *text, size_t n) {
    size_t i = 0;
    while (i < n) {
        uint8_t lead = text[i++];
        if (lead < 0x80) continue;
        int more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
        if (lead < 0xc2 || lead > 0xf4 || n - i < (size_t)more) return 0;
        /* Only the first of the following bytes has a narrower range for some leads. */
        uint8_t low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
        uint8_t high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
        if (text[i] < low || text[i] > high) return 0;
        for (int j = 1; j < more; j++) {
            if (text[i + (size_t)j] >> 6 != 2) return 0;
        }
        i += (size_t)more;
    }
    return 1;
}
