/** Every build of the firmware passes one suite, and all give the same bits. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import {
  boardConformance,
  type Answers,
  type ConformanceMaterial,
} from '../../devices/boards/conformance.ts';
import { hostBoard } from '../../devices/boards/host/host-board.ts';
import { emulatedMachines } from '../../devices/boards/qemu/machines.ts';
import { defaultProfile } from '../../devices/boards/profiles.ts';
import { qemuBoard } from '../../devices/boards/qemu/qemu-board.ts';
import { VirtualBoard } from '../../devices/boards/virtual/virtual-board.ts';
import { BoardThreads } from '../../main/fleet/virtual/board-threads.ts';
import { Banks } from '../../main/banks/banks.ts';
import { decodeAll, toInt16 } from '../../main/recordings/pcm16k.ts';
import { packExpert } from '../../models/packing/pack.ts';
import { randomExpert, randomNumbers } from '../fixtures/random-expert.ts';
import { resources } from '../../main/resources.ts';

const root = new URL('../../', import.meta.url);
const wasm = readFileSync(new URL('devices/boards/virtual/curlew.wasm', root));
const folder = mkdtempSync(join(tmpdir(), 'curlew-conformance-'));
const noise = randomNumbers(11);
const pcm = Int16Array.from({ length: 15_600 }, (_, i) =>
  Math.round(9000 * Math.sin(i * i * 1e-5) + 6000 * (noise() - 0.5) * (i % 4000 < 900 ? 1 : 0.02)),
);
// The second is larger than what is under way at once, so that an upload of it can be cut off.
const [one, two] = [randomExpert(1, [24, 16]), randomExpert(2, [96])];
const bank = await Banks.open(resources.bank);
const material: ConformanceMaterial = {
  images: [packExpert(one, Uint8Array.of(1)), packExpert(two, Uint8Array.of(2))],
  labels: one.labels,
  pcm,
  heard: await Promise.all(
    bank.clips.map(async ({ id }) => toInt16(await decodeAll(bank.clipPath(id))).subarray(0, 15_600)),
  ),
};

const virtual = new VirtualBoard({ wasm, name: 'conformance', id: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) });
virtual.setMicrophone(pcm);
const threads = new BoardThreads(fileURLToPath(new URL('devices/boards/virtual/curlew.wasm', root)));
const inThread = {
  name: 'conformance',
  id: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 9),
  profile: defaultProfile,
  flashFile: join(folder, 'thread.flash'),
};
await threads.setMicrophone(inThread, 0, pcm);
const audioFile = join(folder, 'microphone.s16');
writeFileSync(audioFile, new Uint8Array(pcm.buffer));

const answers = new Map<string, Answers>();
const keep = (name: string) => (given: Answers) => void answers.set(name, given);

afterAll(async () => {
  virtual.switchOff();
  await threads.switchOff();
  rmSync(folder, { recursive: true, force: true });
});

boardConformance(
  {
    name: 'virtual',
    port: () => virtual,
    thorough: true,
    expected: { kind: 'virtual', hasAudioSource: true, latencySource: 'modelled', energySource: 'modelled' },
  },
  material,
  keep('virtual'),
);
boardConformance(
  {
    name: 'virtual, in a thread of the lab, on a simulated line',
    port: () => threads.port('virtual:conformance', inThread, 0),
    thorough: false,
    expected: { kind: 'virtual', hasAudioSource: true, latencySource: 'modelled', energySource: 'modelled' },
  },
  material,
  keep('thread'),
);
boardConformance(
  {
    name: 'host process',
    port: () => hostBoard({ name: 'conformance', id: '0102030405060708', audioFile }),
    thorough: true,
    expected: { kind: 'host', hasAudioSource: true, latencySource: 'measured', energySource: 'none' },
  },
  material,
  keep('host'),
);
for (const machine of emulatedMachines) {
  boardConformance(
    {
      name: machine.title,
      port: () =>
        qemuBoard({
          name: 'conformance',
          repository: resources.root,
          id: Uint8Array.of(8, 7, 6, 5, 4, 3, 2, 1),
          machine,
        }),
      thorough: false,
      expected: {
        kind: machine.name,
        hasAudioSource: false,
        latencySource: 'counted',
        energySource: machine.profile.activeMilliamps === null ? 'none' : 'counted',
      },
    },
    material,
    keep(machine.name),
  );
}

describe('the builds of the firmware', () => {
  const bits = (values: Float32Array): number[] => [
    ...new Uint32Array(values.buffer, values.byteOffset, values.length),
  ];

  test('give the same bits for the same input', () => {
    const [first, ...others] = ['virtual', 'thread', 'host', ...emulatedMachines.map(({ name }) => name)].map(
      (name) => answers.get(name),
    );
    expect(first).toBeDefined();
    for (const other of others) {
      expect(bits(other!.logMel)).toEqual(bits(first!.logMel));
      expect(bits(other!.embedding)).toEqual(bits(first!.embedding));
      expect(bits(other!.fromPcm)).toEqual(bits(first!.fromPcm));
      expect(bits(other!.fromLogMel)).toEqual(bits(first!.fromLogMel));
      expect(other!.heard).toEqual(first!.heard.slice(0, other!.heard.length));
      expect([other!.probability, other!.entropy]).toEqual([first!.probability, first!.entropy]);
    }
  });
});
