#ifndef CUR_CRC_H
#define CUR_CRC_H

#include <stddef.h>
#include <stdint.h>

/* CRC-16 with polynomial 0x1021, not reflected, no final XOR; start with crc = 0. */
uint16_t cur_crc16(uint16_t crc, const uint8_t *bytes, size_t n);

/* IEEE CRC-32 (reflected 0xEDB88320, initial and final XOR 0xFFFFFFFF); start with crc = 0, feed on. */
uint32_t cur_crc32(uint32_t crc, const uint8_t *bytes, size_t n);

#endif
