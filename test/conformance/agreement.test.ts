/**
 * Every kind of expert, the shipped router and a cascade agree with their references on every board, on many clips: from
 * the same log-mel the same class and the same expert, integer stages equal to the bit, logits within 1e-3 but where an
 * activation lies on the edge of two integers, which a sum in another order decides: in one window of some hundred, and
 * never so that the class is another. Three hundred clips a subject on the virtual board, fewer on those that take long;
 * CURLEW_AGREEMENT_CLIPS=300 asks all boards for as many.
 */
import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { hostBoard } from '../../devices/boards/host/host-board.ts';
import { emulatedMachines } from '../../devices/boards/qemu/machines.ts';
import { qemuBoard } from '../../devices/boards/qemu/qemu-board.ts';
import { VirtualBoard } from '../../devices/boards/virtual/virtual-board.ts';
import type { Port } from '../../devices/drivers/port.ts';
import { Banks } from '../../main/banks/banks.ts';
import { resources } from '../../main/resources.ts';
import { agreementClips, agreementSubjects, heldAgainst } from '../agreement-subjects.ts';

/** Relative to the largest logit: sums in another order, and one activation a step further. */
const [rounding, oneStep] = [1e-3, 5e-2];
const asked = Number(process.env['CURLEW_AGREEMENT_CLIPS'] ?? 0);
const banks = await Banks.open(resources.bank);
const subjects = await agreementSubjects(banks);
const clips = await agreementClips(banks, Math.max(asked, 300));

const virtual = new VirtualBoard({
  wasm: readFileSync(resources.virtualBoard),
  name: 'agreement',
  id: new Uint8Array(8),
});
afterAll(() => virtual.switchOff());

const boards: readonly { name: string; many: number; port: () => Port }[] = [
  { name: 'virtual', many: 300, port: () => virtual },
  { name: 'host', many: 20, port: () => hostBoard({ name: 'agreement', id: '0000000000000000' }) },
  ...emulatedMachines.map((machine) => ({
    name: machine.name,
    many: 2,
    port: () => qemuBoard({ name: 'agreement', repository: resources.root, id: new Uint8Array(8), machine }),
  })),
];

test.each(boards)('every subject agrees with its references on the $name board', async ({ many, port }) => {
  const wanted = clips.slice(0, Math.max(asked, many));
  const windows = new Map<string, number>();
  const onEdges = new Map<string, number>();
  const places = new Set<number>();
  await heldAgainst(port(), subjects, wanted, ({ name, model }, window) => {
    const { errors, sameClass, sameChoice, clip } = window;
    const which = `${name}, clip ${clip}`;
    expect(errors.encoder, which).toMatchObject({ largest: 0, cosine: 1 });
    if (errors.expert!.relative > rounding) onEdges.set(name, (onEdges.get(name) ?? 0) + 1);
    expect(errors.expert!.relative, which).toBeLessThanOrEqual(oneStep);
    expect(errors.features!.relative, which).toBeLessThanOrEqual(rounding);
    expect(sameClass, which).toBe(true);
    if (model.router) {
      expect([sameChoice, errors.router!.largest <= rounding], which).toEqual([true, true]);
      places.add(window.places.board);
    }
    windows.set(name, (windows.get(name) ?? 0) + 1);
  });
  expect([...windows]).toEqual(subjects.map(({ name }) => [name, wanted.length]));
  const all = [...onEdges].map(([name, many]) => `${name} ${many}`).join(', ') || 'none';
  console.log(
    `${wanted.length} clips a subject; windows whose logits differ by more than ${rounding}: ${all}`,
  );
  for (const [name, many] of onEdges) expect(many, name).toBeLessThanOrEqual(Math.ceil(0.02 * wanted.length));
  // Else the choice would say nothing.
  if (many === 300) expect(places.size).toBeGreaterThan(1);
});
