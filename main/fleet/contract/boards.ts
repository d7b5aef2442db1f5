/** Ports and boards: the fleet's part of the contract. */
import * as v from 'valibot';
import { forOperators, forViewers } from '../../contract/roles.ts';
import { boardId, id, keyId, none, path, whole } from '../../contract/schemas.ts';
import { settingProblems, type BoardSettings } from '../../contract/settings.ts';
import type { TelemetryHeld } from './telemetry.ts';

export interface PortInfo {
  /** Device path, or `virtual:NAME`, `qemu:NAME`. */
  id: string;
  kind: 'serial' | 'path' | 'virtual' | 'host' | 'qemu';
  /** For a person: manufacturer, product, or what the emulator is. */
  label: string;
  attachedBoard: string | null;
  /** The lab made it, and can take it away again with what lies behind it. */
  made: boolean;
  /** What is behind it, by its USB or since it was asked; null where nobody knows. */
  device: FoundDevice | null;
}

/** What a port leads to (devices/drivers/identify). */
export interface FoundDevice {
  kind:
    | 'curlew'
    | 'smp'
    | 'ppk2'
    | 'mlperf-tiny'
    | 'shell'
    | 'modem'
    | 'satellite'
    | 'loop'
    | 'text'
    | 'constant'
    | 'bytes'
    | 'babble'
    | 'silent';
  /** For the end of a sentence: “a Power Profiler Kit 2”. */
  what: string;
  /** A sentence: what to do. */
  advice: string;
  /** Bits a second at which it answered; null where its line has no rate, or nothing did. */
  baud: number | null;
}

export interface PortListing {
  ports: PortInfo[];
  /** Why real ports could not be listed, and what to do; null when they could. */
  problem: string | null;
}

/**
 * `detached`: it was let go, and is attached again when it is asked for. `absent`: its port is not there. `silent`: nothing answers. `garbage`: what comes is no message. `duplicate`: its serial
 * number is that of another board, which answers elsewhere. `failed`: anything else, as the message says.
 */
export type BoardState =
  'connecting' | 'attached' | 'busy' | 'detached' | 'absent' | 'silent' | 'garbage' | 'duplicate' | 'failed';

export interface Board {
  /** Its place in the list, the same as long as it is listed. */
  entry: number;
  /** 16 hex digits, the board's own id; before the first answer `port:` + the port id. */
  id: string;
  portId: string;
  portKind: PortInfo['kind'];
  state: BoardState;
  /** One sentence where the state needs one, or where what the board last said could not be used. */
  message: string | null;
  /** How often that came in a row; 0 without a message. */
  repeats: number;
  name: string;
  /** `virtual`, `host`, `mps2-an386`, … */
  kind: string;
  /** True: no hardware behind it; shown on every screen. */
  simulated: boolean;
  profile: string;
  firmware: string;
  bootId: number;
  framing: 'console' | 'binary';
  hasAudioSource: boolean;
  continuous: boolean;
  /** Why it last started: `power`, `request`, `watchdog`, `fault`, `pin`, `brown-out`, `unknown`. */
  cause: string;
  /** How often it started so far, by cause, as it counts itself; null of firmware that does not. */
  starts: Readonly<Record<string, number>> | null;
  /** The active expert as the board tells it (the first one of a bank); null when none. */
  activeExpert: { name: string; version: number; sha256: string; bits: number; ternary: boolean } | null;
  /** The router that picks among the active experts; null where one expert answers alone. */
  activeRouter: { name: string; version: number; sha256: string; experts: number } | null;
  /** A newly activated bank that has not proved itself yet, or one that was undone because it did not. */
  trial: 'none' | 'trial' | 'fell_back';
  /** Key that its images must be signed with; null where it takes any. */
  keyId: string | null;
  /** It refuses images older than one that ran. */
  rollbackProtected: boolean;
  supplyMillivolts: number | null;
  temperatureC: number | null;
  /** The largest image that its store could take; null of firmware that does not say it. */
  freeFlashBytes: number | null;
  /** Null where nobody has set it since the board started, or it has none. */
  clock: BoardClock | null;
  /** As it last told them; null where it has not, or its firmware has none. */
  settings: BoardSettings | null;
  lastSeenMs: number | null;
}

/** A board's clock, as it was when it was last looked at. */
export interface BoardClock {
  /** What it was last set to, milliseconds since 1970. */
  setMs: number;
  /** Behind the lab's, milliseconds; below 0 ahead of it. */
  behindMs: number;
  /** As well as that is known. */
  errorMs: number;
}

/** A machine that boards can be emulated on. */
export interface Machine {
  name: string;
  /** For a person. */
  title: string;
}

/** A chip that a virtual board could stand for. */
export interface Chip {
  /** Of its profile. */
  name: string;
  /** For a person. */
  title: string;
  /** Left for images beside the firmware, bytes. */
  storeBytes: number;
  /** Why it cannot hold the firmware, a sentence: no board has it then; null where it can. */
  unfit: string | null;
}

/** Ranges and their sentences are settings.ts's alone. */
const settings = v.pipe(
  v.strictObject({
    name: v.string(),
    latitude: v.nullable(v.number()),
    longitude: v.nullable(v.number()),
    microphoneRate: v.number(),
    listenS: v.number(),
    periodS: v.number(),
    hopSamples: v.number(),
    leastProbability: v.number(),
    mostEntropy: v.number(),
    telemetryIntervalMs: v.number(),
    autoStart: v.boolean(),
    uncertainPercent: v.nullable(v.number()),
    uncertainPaceS: v.nullable(v.number()),
  }),
  v.check(
    (given) => Object.keys(settingProblems(given)).length === 0,
    ({ input }) => Object.values(settingProblems(input as BoardSettings))[0] ?? '',
  ),
);

/** What is kept of a board, and goes when it is forgotten. */
export interface BoardHoldings {
  telemetry: TelemetryHeld;
  deployments: number;
  logEntries: number;
  visits: number;
  /** Its name, place, notes or the like were told to the lab. */
  described: boolean;
  /** Its identity and its flash are files of the lab: it is a simulated board, and is no more once they go. */
  files: boolean;
}

export const boardRequests = {
  'ports.list': forViewers(none),
  'boards.list': forViewers(none),
  /** `portId` from ports.list, or a path typed by hand. */
  'boards.attach': forOperators(
    v.strictObject({ portId: path, baudRate: v.optional(whole(1200, 12_000_000)) }),
  ),
  /** What is behind a port, by its USB and by what it answers; nothing is attached. */
  'ports.identify': forOperators(
    v.strictObject({ portId: path, baudRate: v.optional(whole(1200, 12_000_000)) }),
  ),
  /** A port that the lab made, and what lies behind it, for good; refused while a board of it is listed. */
  'ports.remove': forOperators(v.strictObject({ portId: path })),
  /** Lets go of a board: it stays listed, with all that is kept of it, and is not looked for any more. */
  'boards.detach': forOperators(boardId),
  /** What a board leaves when it is forgotten. */
  'boards.holdings': forViewers(boardId),
  /** Lets go of a board and deletes, for good, all that is kept of it: `boards.holdings` says what. */
  'boards.forget': forOperators(boardId),
  'boards.reset': forOperators(boardId),
  /** The chips that a virtual board could stand for, the usual one first, and those that cannot hold the firmware. */
  'boards.chips': forViewers(none),
  /** One more virtual board, of the usual chip by default; the lab opens with one already attached. */
  'boards.addVirtual': forOperators(v.strictObject({ chip: v.optional(id) })),
  /** The emulated machines that boards.addQemu can start. */
  'boards.machines': forViewers(none),
  /** One more board on an emulated machine. */
  'boards.addQemu': forOperators(v.strictObject({ machine: id })),
  /** Board's own microphone: continuous inference on or off. A virtual board hears the bundled clip `clipId`. */
  'boards.listen': forOperators(v.strictObject({ boardId: id, on: v.boolean(), clipId: v.optional(id) })),

  'boards.settings': forViewers(boardId),
  /** All at once; the answer is what the board keeps, durably. */
  'boards.changeSettings': forOperators(v.strictObject({ boardId: id, settings })),
  /**
   * From now on only images signed with this key; null: any. A key that is set already signs the change, and what runs
   * runs on under the new one.
   */
  'boards.setKey': forOperators(
    v.strictObject({ boardId: id, keyId: v.nullable(keyId), protect: v.boolean() }),
  ),
} as const;

export interface BoardResults {
  'ports.list': PortListing;
  'boards.list': Board[];
  'boards.attach': Board;
  'ports.identify': FoundDevice;
  'ports.remove': null;
  'boards.detach': null;
  'boards.holdings': BoardHoldings;
  'boards.forget': null;
  'boards.reset': null;
  'boards.chips': Chip[];
  'boards.addVirtual': Board;
  'boards.machines': Machine[];
  'boards.addQemu': Board;
  'boards.listen': null;
  'boards.settings': BoardSettings;
  'boards.changeSettings': BoardSettings;
  'boards.setKey': Board;
}

/** The fields that changed of a board in the list. */
export type BoardChange = Pick<Board, 'entry'> & Partial<Board>;

export interface BoardChanges {
  added: Board[];
  changed: BoardChange[];
  /** Entries. */
  gone: number[];
}

export interface BoardEvents {
  /**
   * What changed since this was last told. A page listens, then asks for the list, and puts what it is told meanwhile on
   * top of it: what of that is older than the list is told again where it has changed since.
   */
  boards: BoardChanges;
  /** The whole list, after a device was plugged in or pulled out, or a port was taken. */
  ports: PortListing;
}
