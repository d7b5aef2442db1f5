/**
 * What every Curlew board must do, as tests through the real driver. Run on each build of the firmware; on a real
 * board by giving its port.
 */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toCurlewError } from '../../main/contract/error.ts';
import { CurlewBoard } from '../drivers/curlew/board.ts';
import type { ByteStream, Port } from '../drivers/port.ts';
import { createSmpClient, type SmpClient } from '../protocol/client.ts';
import { binaryDecoder, consoleDecoder, encodeFrame, type FramingName } from '../protocol/framing.ts';
import { inferenceRun, type InferenceResult } from '../protocol/messages/inference-run.ts';
import type { BoardRecord } from '../protocol/telemetry-record.ts';
import { decodeSmp, type SmpMessage } from '../protocol/smp.ts';
import { tappedPort, type TappedPort } from './tapped-port.ts';

export interface ConformanceSubject {
  name: string;
  /** A board with erased flash. */
  port(): Port;
  /** Also what takes an emulator long: a window more to send, and inferences until old telemetry is gone. */
  thorough: boolean;
  /** What the board must say of itself. */
  expected: { kind: string; hasAudioSource: boolean; latencySource: string; energySource: string };
}

export interface ConformanceMaterial {
  /** Two different sound images. */
  images: readonly [Uint8Array, Uint8Array];
  labels: readonly string[];
  /** 15,600 samples. */
  pcm: Int16Array;
  /** Windows of recordings: their levels are compared on every board, of the first two where an emulator takes long. */
  heard: readonly Int16Array[];
}

/** What must be the same on every board, to the bit. */
export interface Answers {
  fromPcm: Float32Array;
  fromLogMel: Float32Array;
  logMel: Float32Array;
  embedding: Float32Array;
  probability: number;
  entropy: number;
  heard: Pick<BoardRecord, 'levelDb' | 'noiseFloorDb' | 'clippedShare'>[];
}

const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash('sha256').update(bytes).digest());
const ringRecords = 1024;
const rawSequence = 200;

const noon = Date.UTC(2026, 10, 28, 12);

/** PROTOCOL.md's level of a window. */
function rmsDb(window: Int16Array): number {
  const mean = window.reduce((sum, x) => sum + x, 0) / window.length;
  const squares = window.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  return 10 * Math.log10((2 * squares) / window.length / 32768 ** 2);
}

/** Why an action was refused: the board's reason, else the error's code. */
async function refusal(action: Promise<unknown>): Promise<string> {
  try {
    await action;
    return 'accepted';
  } catch (thrown) {
    const { code, context } = toCurlewError(thrown);
    const reason = context['reason'];
    return typeof reason === 'string' ? reason : code;
  }
}

/** A request whose payload is any bytes at all. */
function rawRequest(group: number, command: number, payload: Uint8Array, operation = 2): Uint8Array {
  const header = [
    8 | operation,
    0,
    payload.length >> 8,
    payload.length & 255,
    group >> 8,
    group & 255,
    200,
    command,
  ];
  return Uint8Array.from([...header, ...payload]);
}

/** Registers the suite. `onAnswers` gets the board's answers, to compare boards with each other. */
export function boardConformance(
  subject: ConformanceSubject,
  material: ConformanceMaterial,
  onAnswers: (answers: Answers) => void,
): void {
  const [first, second] = material.images;

  describe(`a ${subject.name} board`, () => {
    let port: TappedPort;
    let board: CurlewBoard;
    let client: SmpClient;
    let reference: InferenceResult;
    let logMel: Float32Array;
    const heard: Answers['heard'] = [];

    const deploy = async (image: Uint8Array): Promise<number> => {
      const { slot } = await board.upload(image, sha256(image));
      await board.verify(slot);
      await board.activate({ slots: [slot] });
      return slot;
    };
    /** Runs what is in the board's input buffer once more: no window to send. */
    const runAgain = (kind: 'pcm' | 'log-mel'): Promise<InferenceResult> =>
      client.request(inferenceRun, { kind, keep: true });

    beforeAll(async () => {
      port = tappedPort(subject.port());
      board = await CurlewBoard.open(port);
      client = createSmpClient(port.line, port.id);
      client.setFraming('binary');
      client.setLimits({ messageBytes: 2048, outstanding: 4 });
    });
    afterAll(() => board?.close());

    test('says what it is', () => {
      const { kind, hasAudioSource } = subject.expected;
      expect(board.info).toMatchObject({
        kind,
        hasAudioSource,
        ringRecords,
        sampleRate: 16_000,
        windowBytes: 31_200,
        framings: { console: true, binary: true },
      });
      expect(board.info.bootId).toBeGreaterThan(0);
    });

    test('has an empty store and refuses to infer before an expert is deployed', async () => {
      const { slots, active, previous } = await board.slots();
      expect([slots, active, previous]).toEqual([[], [], []]);
      if (subject.thorough)
        await expect(board.infer(material.pcm)).rejects.toMatchObject({ code: 'NO_EXPERT_ACTIVE' });
      expect(await refusal(board.labels())).toBe('no_expert');
      expect(await refusal(board.lastResult())).toBe('incomplete');
    });

    test('echoes text in both framings', async () => {
      for (const framing of ['console', 'binary'] as FramingName[]) {
        client.setFraming(framing);
        expect(await board.echo(`${framing}: grå kråka`)).toBe(`${framing}: grå kråka`);
      }
    });

    test('takes an expert and answers with it', async () => {
      const slot = await deploy(first);
      const table = await board.slots();
      expect(table).toMatchObject({ active: [slot], router: null, previous: [] });
      expect(table.slots).toMatchObject([{ slot, state: 'verified', length: first.length, bits: 4 }]);
      expect(table.slots[0]?.sha256).toEqual(sha256(first));
      expect(await board.labels()).toEqual(material.labels);

      reference = await board.infer(material.pcm);
      const { logits, classIndex, topProbability, entropy } = reference;
      expect(logits).toHaveLength(material.labels.length);
      expect(classIndex).toBe(logits.indexOf(Math.max(...logits)));
      const exponentials = [...logits].map((x) => Math.exp(x - logits[classIndex]!));
      const sum = exponentials.reduce((a, b) => a + b);
      const probabilities = exponentials.map((x) => x / sum);
      expect(topProbability).toBeCloseTo(1 / sum, 5);
      expect(entropy).toBeCloseTo(-probabilities.reduce((a, p) => a + (p > 0 ? p * Math.log(p) : 0), 0), 5);
      expect(await board.lastResult()).toEqual(reference);
    });

    test('says where its times and energies come from', () => {
      const { latencySource, energySource } = subject.expected;
      expect(reference).toMatchObject({ latencySource, energySource });
      expect(reference.latencyUs[0]).toBeGreaterThan(0);
      expect(reference.energyNanojoule > 0).toBe(energySource !== 'none');
    });

    test('records how loud each window was, and nothing of the kind for features', async () => {
      for (const window of material.heard.slice(0, subject.thorough ? undefined : 2)) {
        const { sequence } = await board.infer(window);
        const [record] = (await board.telemetry(sequence - 1)).records;
        const { levelDb, noiseFloorDb, clippedShare } = record!;
        heard.push({ levelDb, noiseFloorDb, clippedShare });
        expect(levelDb).toBeCloseTo(rmsDb(window), 1);
        expect(noiseFloorDb).toBeLessThanOrEqual(3.01);
        const clipped = window.filter((x) => x === 32767 || x === -32768).length;
        expect(clippedShare).toBe(clipped / window.length);
        const free = (await board.slots()).freeBytes;
        expect(record).toMatchObject({ startCause: board.info.cause, freeFlashBytes: free });
      }
      const { sequence } = await board.infer(new Float32Array(96 * 64));
      const { records } = await board.telemetry(sequence - 1);
      expect(records).toMatchObject([{ levelDb: null, noiseFloorDb: null, clippedShare: null }]);
      // What follows is about this window.
      await board.infer(material.pcm);
    });

    test('keeps no record of an inference that is not to be kept', async () => {
      const { sequence: before } = await board.infer(material.pcm);
      const tried = await board.infer(material.pcm, { keep: false });
      expect([tried.sequence, tried.logits]).toEqual([0, reference.logits]);
      expect((await board.infer(material.pcm)).sequence).toBe(before + 1);
    });

    test('counts its starts, and tells the time in its records once it was told it', async () => {
      const before = await board.readInfo();
      expect(before).toMatchObject({ cause: 'power', clock: null, hasClock: true });
      expect(before.starts).toMatchObject({ power: 1, request: 0, watchdog: 0 });
      expect((await board.telemetry(0)).records.at(-1)).toMatchObject({ wallMs: null });
      await board.setClock(noon);
      const { clock, uptimeMs } = await board.readInfo();
      expect(clock?.setMs).toBe(noon);
      expect(clock?.nowMs).toBeGreaterThanOrEqual(noon);
      const { sequence } = await board.infer(material.pcm);
      const [record] = (await board.telemetry(sequence - 1)).records;
      expect(record!.wallMs! - record!.uptimeMs).toBe(clock!.nowMs - uptimeMs);
    });

    test('gives the same logits for its own log-mel values as for the sound', async () => {
      logMel = await board.features('log-mel');
      const embedding = await board.features('embedding');
      expect([logMel.length, embedding.length]).toEqual([96 * 64, 384]);
      const again = await board.infer(logMel);
      expect(again.logits).toEqual(reference.logits);
      expect(again.latencyUs[0]).toBe(0);
      onAnswers({
        fromPcm: reference.logits,
        fromLogMel: again.logits,
        logMel,
        embedding,
        probability: reference.topProbability,
        entropy: reference.entropy,
        heard,
      });
    });

    test('takes a second expert beside the first and rolls back to it', async () => {
      const [before] = (await board.slots()).active;
      const slot = await deploy(second);
      expect(await board.slots()).toMatchObject({ active: [slot], previous: [before], trial: 'trial' });
      expect((await runAgain('log-mel')).logits).not.toEqual(reference.logits);
      expect(await board.rollback()).toEqual({
        active: [before],
        router: null,
        encoders: [],
        previous: [slot],
        trial: 'none',
      });
      expect((await runAgain('log-mel')).logits).toEqual(reference.logits);
    });

    test('erases the slot that is not active, and only that', async () => {
      const { active, previous, slotCount, freeBytes } = await board.slots();
      const [running = 0, other = 0] = [active[0], previous[0]];
      expect(await refusal(board.erase(running))).toBe('bad_slot');
      expect(await refusal(board.erase(slotCount))).toBe('bad_slot');
      await board.erase(other);
      const after = await board.slots();
      expect(after.slots.map(({ slot }) => slot)).toEqual([running]);
      expect(after.freeBytes).toBeGreaterThanOrEqual(freeBytes);
      expect(await refusal(board.activate({ slots: [other] }))).toBe('not_verified');
      expect(await refusal(board.rollback())).toBe('not_verified');
    });

    test('goes on with an upload that was cut off', async () => {
      const abort = new AbortController();
      const cut = board.upload(second, sha256(second), {
        signal: abort.signal,
        onProgress: (sent) => sent > second.length / 3 && abort.abort(),
      });
      expect(await refusal(cut)).toBe('ABORTED');
      const { slots } = await board.slots();
      expect(slots.find(({ state }) => state === 'partial')).toMatchObject({ length: second.length });
      const progress: number[] = [];
      const { slot } = await board.upload(second, sha256(second), {
        onProgress: (sent) => progress.push(sent),
      });
      expect(progress[0]).toBeGreaterThan(second.length / 3);
      await board.verify(slot);
      await board.erase(slot);
    });

    test('refuses an altered image and goes on with the old expert', async () => {
      const altered = second.slice();
      altered[altered.length >> 1]! ^= 1;
      const { slot } = await board.upload(altered, sha256(second));
      expect(await refusal(board.verify(slot))).toBe('bad_hash');
      expect(await refusal(board.activate({ slots: [slot] }))).toBe('not_verified');
      // Announced with its own hash: now the image's seal is what does not match.
      const own = await board.upload(altered, sha256(altered));
      expect(await refusal(board.verify(own.slot))).toBe('bad_image');
      expect((await runAgain('log-mel')).logits).toEqual(reference.logits);
    });

    test('refuses an image cut short and goes on with the old expert', async () => {
      const short = second.subarray(0, second.length - 16);
      const { slot } = await board.upload(short, sha256(short));
      expect(await refusal(board.verify(slot))).toBe('bad_image');
      const found = (await board.slots()).slots.find((one) => one.slot === slot);
      expect(found).toMatchObject({ state: 'partial', offset: 0 });
      expect((await runAgain('log-mel')).logits).toEqual(reference.logits);
    });

    test('answers malformed requests with an error and changes nothing', async () => {
      const before = await board.slots();
      const malformed = [
        [],
        [0xff],
        [0xa1],
        [0xa1, 0x64, 0x73, 0x6c, 0x6f, 0x74],
        [0x80],
        [0xa0, 0x00],
        [0xbf, 0x61],
      ];
      for (const framing of ['console', 'binary'] as FramingName[]) {
        for (const payload of malformed) {
          const message = rawRequest(64, 5, Uint8Array.from(payload));
          const { sequence, payload: answer } = await rawAnswer(port.line, framing, message);
          expect(sequence).toBe(rawSequence);
          expect(answer).toEqual({ err: { group: 64, rc: 1 } });
        }
      }
      expect(await board.slots()).toEqual(before);
      expect(await board.echo('still there')).toBe('still there');
    });

    test('refuses groups and commands it does not know', async () => {
      const ask = (group: number, id: number): Promise<string> =>
        refusal(
          client.request(
            {
              name: 'unknown',
              operation: 'read',
              group,
              id,
              repeatable: true,
              timeoutMs: 2000,
              encode: () => ({}),
              decode: () => null,
            },
            undefined,
          ),
        );
      expect(await ask(99, 0)).toBe('not_supported');
      expect(await ask(3, 0)).toBe('not_supported');
      expect(await ask(65, 77)).toBe('unsupported');
      expect(await ask(0, 77)).toBe('not_supported');
    });

    test('counts noise on the line and goes on', async () => {
      const { discardedBytes } = await board.readInfo();
      const noise = Uint8Array.from({ length: 3000 }, (_, i) => 1 + ((i * 89 + (i >> 4)) % 255));
      await port.line.write(noise);
      expect(await board.echo('after noise')).toBe('after noise');
      const after = (await board.readInfo()).discardedBytes;
      expect(after - discardedBytes).toBeGreaterThanOrEqual(noise.length);
    });

    test('keeps its least certain windows, tells of them in pieces, and lets them go', async () => {
      const settings = await board.settings();
      expect(settings).toMatchObject({ uncertainPercent: 0, uncertainPaceS: 600 });
      expect(await board.uncertain(0)).toEqual({ room: 0, windows: [] });
      await board.changeSettings({ ...settings, uncertainPercent: 20, uncertainPaceS: 1 });
      expect((await board.uncertain(0)).room).toBeGreaterThan(0);
      await board.infer(logMel);
      let { windows } = await board.uncertain(0);
      while (windows.length === 0) {
        await new Promise((go) => setTimeout(go, 50));
        ({ windows } = await board.uncertain(0));
      }
      const [head] = windows;
      const { bytes: _bytes, logits, codes, ...told } = await board.uncertainWindow(head!.id);
      expect(told).toEqual(head);
      expect(logits).toEqual(reference.logits);
      expect(told).toMatchObject({ bootId: (await board.readInfo()).bootId, ofEncoder: false });
      expect(told).toMatchObject({ classIndex: reference.classIndex, entropy: reference.entropy });
      const { records } = await board.telemetry(head!.sequence - 1);
      const { uptimeMs, wallMs, expert, topProbability } = records[0]!;
      expect(told).toMatchObject({ uptimeMs, wallMs, expert, topProbability });
      const furthest = logMel.reduce(
        (most, value, i) => Math.max(most, Math.abs(value - told.offset - codes[i]! / told.scale)),
        0,
      );
      expect(furthest).toBeLessThan(0.501 / told.scale);

      await board.acknowledgeUncertain(head!.id, (head!.crc ^ 1) >>> 0);
      expect((await board.uncertain(0)).windows).toEqual([head]);
      await board.acknowledgeUncertain(head!.id, head!.crc);
      expect((await board.uncertain(0)).windows).toEqual([]);
      expect(await refusal(board.uncertainWindow(head!.id))).toBe('bad_slot');
      expect(await board.changeSettings(settings)).toEqual(settings);
    });

    test('after a reset runs only on a whole window, numbers its telemetry from 1 and is told apart', async () => {
      const { bootId, starts } = await board.readInfo();
      expect((await board.telemetry(0)).oldest).toBe(1);
      await board.reset();
      const after = await board.readInfo();
      expect(after).toMatchObject({ cause: 'request', clock: null });
      expect(after.starts).toEqual({ ...starts, request: starts!.request + 1 });
      expect(after.bootId).not.toBe(bootId);
      expect(await refusal(runAgain('log-mel'))).toBe('incomplete');
      expect((await board.telemetry(0)).oldest).toBe(0);
      const result = await board.infer(logMel);
      expect(result.logits).toEqual(reference.logits);
      const page = await board.telemetry(0);
      expect(page).toMatchObject({ bootId: after.bootId, next: 2, oldest: 1 });
      const [featuresUs, encoderUs, routerUs, expertUs] = result.latencyUs;
      const { inferenceId, classIndex, energyNanojoule } = result;
      expect(page.records).toHaveLength(1);
      expect(page.records[0]).toMatchObject({
        ...{ sequence: 1, inferenceId, classIndex, energyNanojoule },
        ...{ featuresUs, encoderUs, routerUs, expertUs },
      });
    });

    if (subject.thorough) {
      test('keeps the last 1024 records and says which are gone', async () => {
        const { sequence } = await runAgain('log-mel');
        const last = ringRecords + 40;
        const runs = Array.from({ length: last - sequence }, () => runAgain('log-mel'));
        await Promise.all(runs);
        const sequences: number[] = [];
        for (let after = 0; ;) {
          const page = await board.telemetry(after);
          expect(page).toMatchObject({ next: last + 1, oldest: last - ringRecords + 1 });
          if (page.records.length === 0) break;
          sequences.push(...page.records.map((record) => record.sequence));
          after = sequences.at(-1)!;
        }
        expect(sequences).toEqual(Array.from({ length: ringRecords }, (_, i) => last - ringRecords + 1 + i));
      });
    }

    if (subject.expected.hasAudioSource) {
      test('listens to its own microphone until told to stop', async () => {
        const { next } = await board.telemetry(0);
        await board.listen(true, 1600);
        expect(await board.readInfo()).toMatchObject({ listening: true });
        expect(await refusal(board.infer(material.pcm))).toBe('busy');
        while ((await board.telemetry(next)).records.length < 3)
          await new Promise((go) => setTimeout(go, 50));
        await board.listen(false);
        expect(await board.readInfo()).toMatchObject({ listening: false });
        const { next: stopped } = await board.telemetry(0);
        expect((await board.infer(material.pcm)).sequence).toBe(stopped);
      });
    } else {
      test('says that it has no microphone', async () => {
        expect(await refusal(board.listen(true))).toBe('unsupported');
      });
    }
  });
}

/** Writes a message as it is and gives the next one that comes back in the same framing. */
function rawAnswer(line: ByteStream, framing: FramingName, message: Uint8Array): Promise<SmpMessage> {
  const decoder = framing === 'binary' ? binaryDecoder() : consoleDecoder();
  return new Promise((resolve, reject) => {
    const stop = line.onData((bytes) => {
      for (const decoded of decoder.push(bytes)) {
        if (decoded.type !== 'message') continue;
        stop();
        resolve(decodeSmp(decoded.body));
      }
    });
    line.write(encodeFrame(framing, message)).catch(reject);
  });
}
