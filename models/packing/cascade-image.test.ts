import { describe, expect, test } from 'vitest';
import { CurlewError } from '../../main/contract/error.ts';
import { randomCascade, randomStages } from '../../test/fixtures/random-cascade.ts';
import { decisionNames, type Router } from '../router/router.ts';
import { format } from './format.ts';
import { packRouter } from './pack.ts';
import { readRouter } from './read.ts';
import { sha256 } from './sha256.ts';

const reference = new Uint8Array(32);
const stages = randomStages(3);
const pack = (router: Router) => packRouter(router, reference);

function code(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return error instanceof CurlewError ? error.code : String(error);
  }
  return 'accepted';
}

/** With another section 21, and a right seal. */
function altered(image: Uint8Array, change: (section: DataView) => void): Uint8Array {
  const bytes = image.slice();
  const view = new DataView(bytes.buffer);
  let entry: number = format.headerBytes;
  while (view.getUint16(entry, true) !== 21) entry += format.sectionEntryBytes;
  change(new DataView(bytes.buffer, view.getUint32(entry + 4, true), view.getUint32(entry + 8, true)));
  bytes.fill(0, format.sealOffset, format.headerBytes);
  bytes.set(sha256(bytes), format.sealOffset);
  return bytes;
}

describe.each(decisionNames)('a cascade by %s', (decision) => {
  const router = randomCascade(stages, decision, [0.25, 0.25]);

  test('is read as it was packed', () => {
    expect(readRouter(pack(router)).router).toEqual(router);
  });

  test.each<[string, (section: DataView) => void]>([
    ['a decision that nobody knows', (section) => section.setUint16(0, 5, true)],
    ['no decision', (section) => section.setUint16(0, 0, true)],
    ['bytes that must be zero', (section) => section.setUint16(2, 1, true)],
    ['thresholds that fall', (section) => section.setFloat32(8, 0.2, true)],
    ['a threshold that is no number', (section) => section.setFloat32(4, NaN, true)],
    ['an endless threshold', (section) => section.setFloat32(8, Infinity, true)],
  ])('is refused with %s', (_, change) => {
    const image = pack(router);
    expect(code(() => readRouter(altered(image, () => undefined)))).toBe('accepted');
    expect(code(() => readRouter(altered(image, change)))).toBe('IMAGE_BAD');
  });

  test('is not packed with what its decision does not ask for', () => {
    const { layers } = randomCascade(stages, 'gate', [0, 1]);
    const { routing } = router;
    const others = [
      { layers: router.layers.length > 0 ? [] : layers },
      { routing: { ...routing, passes: routing.passes > 0 ? 0 : 4 } },
      { routing: { ...routing, topK: 2 } },
      { cascade: { decision, thresholds: Float32Array.of(0.5) } },
    ];
    for (const other of others) expect(code(() => pack({ ...router, ...other }))).toBe('IMAGE_BAD');
  });
});

test('a router without layers is no router but a cascade’s', () => {
  const router = randomCascade(stages, 'entropy', [0.5, 0.75]);
  const { cascade: _, ...plain } = router;
  expect(code(() => pack(plain))).toBe('IMAGE_BAD');
});
