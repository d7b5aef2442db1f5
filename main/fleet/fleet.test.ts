/** The fleet with real firmware behind it: virtual boards, no line delay, a store on disk. */
import { readFile } from 'node:fs/promises';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { storeFlash } from '../../devices/boards/fit.ts';
import { defaultProfile } from '../../devices/boards/profiles.ts';
import { VirtualBoard } from '../../devices/boards/virtual/virtual-board.ts';
import { packExpert } from '../../models/packing/pack.ts';
import { randomExpert, randomExpertOf } from '../../test/fixtures/random-expert.ts';
import { realClock } from '../../devices/protocol/clock.ts';
import type { Background } from '../background/background.ts';
import { CurlewError } from '../contract/error.ts';
import type { Board, PortListing, TelemetryRecord } from '../contract/types.ts';
import { KnownVersions } from '../banks/versions.ts';
import { resources } from '../resources.ts';
import { boardStore } from '../store/board-store.ts';
import { knownImages, type KnownImages } from '../store/known-images.ts';
import { openStore, type Store } from '../store/open-store.ts';
import { playStore, type PlayStore } from '../store/play-store.ts';
import { signedImages, type SignedImages } from '../store/signed-images.ts';
import { telemetryStore, type TelemetryStore } from '../store/telemetry-store.ts';
import { requireLendable } from './borrow-board.ts';
import { deploy, type DeployOptions } from './deploy.ts';
import { deploymentOf } from './deployment.ts';
import { Fleet } from './fleet.ts';
import { playRecording } from './plays/play-recording.ts';
import { portDirectory, type MadePort, type PortDirectory } from './port-directory.ts';
import type { Session } from './session.ts';

const image = (seed: number) => packExpert(randomExpert(seed), new Uint8Array(32));
const expert = (seed: number) => deploymentOf([image(seed)], async () => null);
const noKey = async () => {
  throw new CurlewError('KEY_NOT_FOUND', 'There is no key.');
};
const sound = Int16Array.from({ length: 15_600 + 7680 }, (_, i) => 8000 * Math.sin(i / 7));
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'resolved',
    (error: unknown) => (error instanceof CurlewError ? error.code : String(error)),
  );
const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
};

let folder: string;
let store: Store;
let telemetry: TelemetryStore;
let signed: SignedImages;
let images: KnownImages;
let plays: PlayStore;
let quiet: Omit<DeployOptions, 'activate'>;
let fleet: Fleet;
let virtual: VirtualBoard;
let board: Board;
let session: Session;
let told: TelemetryRecord[];
let ports: PortDirectory;
let listings: PortListing[];

/** Plays a sound at the board, as though it were a file's. */
const play = (pcm: Int16Array) =>
  playRecording(
    session,
    { source: { kind: 'clip', clipId: 'sound' }, path: 'sound', startS: 0, durationS: null },
    {
      background: {
        run: (async (name: string) =>
          name === 'decodeSpan' ? pcm : { seconds: pcm.length / 16_000 }) as Background['run'],
      },
      ...{ plays, signedImages: signed, images, emit: () => undefined },
    },
    { jobId: 'job', wallMs: Date.now, signal: quiet.signal, progress: () => undefined },
  );

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curlew-fleet-'));
  store = await openStore(join(folder, 'lab.duckdb'));
  telemetry = telemetryStore(store);
  signed = await signedImages(store);
  images = await knownImages(store);
  plays = playStore(store);
  quiet = {
    signal: new AbortController().signal,
    progress: () => undefined,
    sign: noKey,
    signedImages: signed,
  };
  told = [];
  listings = [];
  ports = portDirectory();
  fleet = new Fleet(ports, {
    telemetry,
    boards: boardStore(store),
    boardLog: { add: () => undefined },
    signedImages: signed,
    images,
    versions: await KnownVersions.open(null),
    emit: (event, payload) => {
      if (event === 'ports') listings.push(payload as PortListing);
    },
    stored: (_boardId, records) => void told.push(...records),
    log: () => undefined,
    clocks: { setsClocks: true },
    clock: realClock,
    wallMs: Date.now,
  });
  virtual = new VirtualBoard({
    wasm: await readFile(resources.virtualBoard),
    name: 't',
    id: new Uint8Array(8).fill(7),
  });
  ports.add(made(virtual, 'test'));
  board = await fleet.attach(virtual.id);
  session = fleet.session(board.id);
});
afterEach(async () => {
  await fleet.close();
  virtual.switchOff();
  await store.close();
  await rm(folder, { recursive: true });
});

const made = (port: VirtualBoard, label: string): MadePort => ({
  ...{ port, label, boardId: '', lineBytesPerSecond: null },
  remove: () => Promise.resolve(),
});

describe('a fleet of one virtual board', () => {
  test('deploys, plays a recording, and stores what the board reports of it', async () => {
    const result = await deploy(session, await expert(1), { ...quiet, activate: true });
    expect(result).toMatchObject({ boardId: board.id, activated: true, lineShare: null });
    expect(session.state.activeExpert).toMatchObject({ name: 'random-1', bits: 4 });
    const played = await play(sound);
    expect(played).toMatchObject({ windows: 2, error: null, bank: { experts: [{ name: 'random-1' }] } });
    const windows = await plays.windows(played.id, { limit: 10 });
    expect(windows.map(({ startS }) => startS)).toEqual([0, 0.48]);
    const stored = await telemetry.records(board.id, 10);
    expect(stored.map((record) => record.inferenceId)).toEqual(windows.map((window) => window.inferenceId));
    const names = { expertName: 'random-1', className: expect.stringMatching(/./) };
    expect(told).toEqual(stored.map((record) => ({ ...record, ...names })));
  });

  test('shows a bank on trial until it has given three answers, and no longer', async () => {
    await deploy(session, await expert(1), { ...quiet, activate: true });
    await play(sound);
    expect(session.state.trial).toBe('trial');
    await play(sound);
    await until(() => session.state.trial === 'none');
    expect(session.state.activeExpert?.name).toBe('random-1');
  });

  test('lends itself to a study; a board that is not there, or is away, is refused before the study begins', async () => {
    const asked = (choice: string) => codeOf(Promise.resolve().then(() => requireLendable(choice, fleet)));
    for (const choice of ['none', 'virtual', 'mps2-an386', board.id])
      expect(await asked(choice)).toBe('resolved');
    expect(await asked('foo')).toBe('BOARD_NOT_FOUND');
    await fleet.detach(board.id);
    expect(await asked(board.id)).toBe('PORT_LOST');
  });

  test('refuses a truncated and an altered image before anything is sent', async () => {
    await deploy(session, await expert(1), { ...quiet, activate: true });
    const good = image(2);
    const altered = Uint8Array.from(good);
    altered[good.length - 100] = (altered[good.length - 100] as number) ^ 1;
    expect(await codeOf(deploymentOf([altered], async () => null))).toBe('IMAGE_HASH');
    expect(await codeOf(deploymentOf([good.subarray(0, 5000)], async () => null))).toMatch(/^IMAGE_/);
    expect(session.state.activeExpert?.name).toBe('random-1');
  });

  test('refuses what its store has no room for before anything is sent, and says how much is missing', async () => {
    const image = (seed: number) =>
      packExpert(randomExpertOf(16, seed, { widths: [1100] }), new Uint8Array(32));
    const large = (seed: number) => deploymentOf([image(seed)], async () => null);
    for (const seed of [1, 2, 1]) await deploy(session, await large(seed), { ...quiet, activate: true });
    const refused = await deploy(session, await large(3), { ...quiet, activate: true }).catch(
      (e: unknown) => e,
    );
    const blocks = 1 + Math.ceil(image(3).length / 4096);
    const missing = 4096 * (3 * blocks - storeFlash(defaultProfile).size / 4096 + 6);
    expect(refused).toMatchObject({
      code: 'BOARD_FULL',
      context: { missingBytes: missing },
      message: expect.stringMatching(
        new RegExp(
          `^t has no room for random 16: ${missing.toLocaleString('en')} bytes .* Erase random 16 in slot 1 .*: then it fits`,
        ),
      ) as string,
    });
    expect((await session.connected().slots()).slots).toHaveLength(2);
  });

  test('a cancelled deploy leaves the old expert running, and the next one goes on where it stopped', async () => {
    await deploy(session, await expert(1), { ...quiet, activate: true });
    const abort = new AbortController();
    const progress = (fraction: number) => void (fraction > 0.4 && abort.abort());
    const cut = deploy(session, await expert(2), {
      ...quiet,
      activate: true,
      signal: abort.signal,
      progress,
    });
    expect(await codeOf(cut)).toBe('ABORTED');
    expect(session.state).toMatchObject({ state: 'attached', activeExpert: { name: 'random-1' } });
    const second = await deploy(session, await expert(2), { ...quiet, activate: true });
    expect(second.sent).toBeGreaterThan(0);
    expect(second.sent).toBeLessThan(0.7 * second.bytes);
    const third = await deploy(session, await expert(2), { ...quiet, activate: true });
    expect(third).toMatchObject({ bytes: second.bytes, sent: 0, lineShare: null });
    expect(session.state.activeExpert?.name).toBe('random-2');
  });

  test('keeps every record over a restart of the board, and tells the boots apart', async () => {
    await deploy(session, await expert(1), { ...quiet, activate: true });
    await play(sound);
    await session.connected().reset();
    await play(sound);
    await session.pull();
    const stored = await telemetry.records(board.id, 10);
    expect(stored.map((record) => record.sequence)).toEqual([1, 2, 1, 2]);
    expect(new Set(stored.map((record) => record.bootId)).size).toBe(2);
    expect(await telemetry.summary(board.id)).toMatchObject({ missing: 0 });
    // The expert was in flash: the board runs it again by itself.
    expect(session.state.activeExpert?.name).toBe('random-1');
  });

  test('says that an expert must be deployed first, and that a recording is too short', async () => {
    expect(await codeOf(play(sound))).toBe('NO_EXPERT_ACTIVE');
    await deploy(session, await expert(1), { ...quiet, activate: true });
    const { error, windows } = await play(sound.subarray(0, 15_599));
    expect([error?.code, windows]).toEqual(['FILE_TOO_SHORT', 0]);
  });

  test('shows a vanished board as lost, rejects at once, and attaches it again', async () => {
    virtual.switchOff();
    await until(() => session.state.state === 'absent');
    expect(await codeOf(deploy(session, await expert(1), { ...quiet, activate: true }))).toBe('PORT_LOST');
    expect(fleet.boards()).toMatchObject([{ id: board.id, state: 'absent' }]);
    expect(await fleet.attach(virtual.id)).toMatchObject({ id: board.id, state: 'attached' });
    expect(fleet.boards()).toHaveLength(1);
  });

  test('detaches in the middle of work: the work ends, the port is free again', async () => {
    const going = codeOf(deploy(session, await expert(3), { ...quiet, activate: true }));
    await fleet.detach(board.id);
    expect(await going).toBe('PORT_LOST');
    expect(fleet.boards()).toMatchObject([{ id: board.id, state: 'detached' }]);
    await fleet.drop(board.id);
    expect(fleet.boards()).toEqual([]);
    expect(await codeOf(Promise.resolve().then(() => fleet.session(board.id)))).toBe('BOARD_NOT_FOUND');
    expect(await fleet.attach(virtual.id)).toMatchObject({ state: 'attached' });
  });

  test('listens with the board’s own microphone and stores the records as they come', async () => {
    await deploy(session, await expert(1), { ...quiet, activate: true });
    virtual.setMicrophone(sound);
    await session.connected().listen(true, 1600);
    await until(() => told.length >= 3);
    expect(told.map((record) => record.sequence)).toEqual(told.map((_, i) => i + 1));
    await session.connected().listen(false);
  });

  test('tells of a port that appears by itself, and of the board at it', async () => {
    void fleet.watchPorts();
    await until(() => listings.length > 0);
    expect(listings.at(-1)?.ports).toMatchObject([{ id: virtual.id, attachedBoard: board.id }]);
    const wasm = await readFile(resources.virtualBoard);
    const other = new VirtualBoard({ wasm, name: 'other', id: new Uint8Array(8).fill(8) });
    ports.add(made(other, 'plugged in later'));
    await until(() => listings.at(-1)?.ports.length === 2);
    const attached = await fleet.attach(other.id);
    const attachedTo = () => listings.at(-1)?.ports.map((port) => port.attachedBoard);
    await until(() => attachedTo()?.[1] === attached.id);
    expect(attachedTo()).toEqual([board.id, attached.id]);
    other.switchOff();
  });
});
