/** The levels of ITU-T G.711's codes, scaled so that full scale is 1. */

/** A-law: 13 bits, even bits inverted on the line. */
export const aLaw = Float32Array.from({ length: 256 }, (_, code) => {
  const bits = code ^ 0x55;
  const exponent = (bits >> 4) & 7;
  const mantissa = (bits & 15) * 16 + 8;
  const level = exponent === 0 ? mantissa : (mantissa + 256) << (exponent - 1);
  return (bits & 0x80 ? level : -level) / 32_768;
});

/** µ-law: 14 bits, all bits inverted on the line. */
export const muLaw = Float32Array.from({ length: 256 }, (_, code) => {
  const bits = ~code & 0xff;
  const level = ((((bits & 15) << 3) + 0x84) << ((bits >> 4) & 7)) - 0x84;
  return (bits & 0x80 ? -level : level) / 32_768;
});
