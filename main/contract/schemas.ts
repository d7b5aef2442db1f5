/** Words that the rooms' request schemas are made of. */
import * as v from 'valibot';

export const none = v.strictObject({});
export const text = (max: number) => v.pipe(v.string(), v.minLength(1), v.maxLength(max));
export const id = text(200);
export const path = text(4096);
export const whole = (min: number, max: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));
export const seconds = (max: number) => v.pipe(v.number(), v.finite(), v.minValue(0), v.maxValue(max));
export const boardId = v.strictObject({ boardId: id });
export const jobId = v.strictObject({ jobId: id });
/** The first bytes of the SHA-256 of a public key, as boards name it. */
export const keyId = v.pipe(
  v.string(),
  v.regex(/^[0-9a-f]{16}$/, 'a key is named by its id, 16 of 0 to 9 and a to f'),
);
/** A bank's name begins the ids of what it holds, and the names that a board shows. */
export const bankName = v.pipe(
  v.string(),
  v.regex(/^[a-z0-9][a-z0-9-]{0,11}$/, 'use 1 to 12 of a to z, 0 to 9 and hyphens'),
);
/** How a data set is read. */
export const dataSet = {
  layout: v.optional(v.picklist(['esc50', 'urbansound8k', 'abgqi', 'folders', 'table'])),
  variant: v.optional(v.picklist(['all', 'esc10', 'groups'])),
};
