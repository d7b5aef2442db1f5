/** What a board's settings may be, said in sentences: the lab refuses by them, the page shows them at the field. */
/** What a person sets and a board keeps; ranges below. */
export interface BoardSettings {
  /** Empty: the board's own. */
  name: string;
  /** Degrees; both null where the place is not known. */
  latitude: number | null;
  longitude: number | null;
  /** Samples a second. */
  microphoneRate: number;
  /** Seconds of listening in each period; 0 always. */
  listenS: number;
  periodS: number;
  /** Samples of 16 kHz between windows of continuous inference. */
  hopSamples: number;
  /** Below this top probability a window is recorded as no class. */
  leastProbability: number;
  /** Above this entropy, nats, a window is recorded as no class; 0 off. */
  mostEntropy: number;
  /** Shortest time between telemetry records. */
  telemetryIntervalMs: number;
  /** Continuous inference starts when the board does. */
  autoStart: boolean;
  /** Of the store's flash, for the least certain windows; 0 none. Null: firmware that keeps none. */
  uncertainPercent: number | null;
  /** Shortest time between two such windows. Null as above. */
  uncertainPaceS: number | null;
}

type Problems = Partial<Record<keyof BoardSettings, string>>;

export const microphoneRates = [16_000, 32_000, 48_000];
const longestName = 63;
const day = 86_400;

const between = (value: number, min: number, max: number) => value >= min && value <= max;
const wholeBetween = (value: number, min: number, max: number) =>
  Number.isInteger(value) && between(value, min, max);

/** @returns a sentence for each setting that a board would not take; nothing when all are in range */
export function settingProblems(settings: BoardSettings): Problems {
  const problems: Problems = {};
  const { name, latitude, longitude, listenS, periodS } = settings;
  const nameBytes = new TextEncoder().encode(name).length;
  if (nameBytes > longestName || name.includes('\0')) {
    problems.name = `The name takes ${nameBytes} bytes; a board keeps ${longestName}.`;
  }
  if (latitude !== null && !between(latitude, -90, 90)) {
    problems.latitude = 'Latitude goes from −90 (south) to 90 (north).';
  }
  if (longitude !== null && !between(longitude, -180, 180)) {
    problems.longitude = 'Longitude goes from −180 (west) to 180 (east).';
  }
  if ((latitude === null) !== (longitude === null)) {
    problems[latitude === null ? 'latitude' : 'longitude'] =
      'A place needs both latitude and longitude; leave both empty where it is not known.';
  }
  if (!microphoneRates.includes(settings.microphoneRate)) {
    problems.microphoneRate = 'The microphone works at 16, 32 or 48 kHz.';
  }
  if (!wholeBetween(listenS, 0, day)) {
    problems.listenS = 'Listening takes whole seconds up to a day (86,400); 0 means always.';
  }
  if (!wholeBetween(periodS, 0, day)) {
    problems.periodS = 'The period takes whole seconds up to a day (86,400).';
  } else if (periodS < listenS) {
    problems.periodS = `A period of ${periodS} s is shorter than the ${listenS} s of listening in it.`;
  }
  if (!wholeBetween(settings.hopSamples, 1600, 160_000)) {
    problems.hopSamples = 'Windows start 0.1 to 10 s apart (1,600 to 160,000 samples at 16 kHz).';
  }
  if (!between(settings.leastProbability, 0, 1)) {
    problems.leastProbability = 'A probability lies between 0 and 1.';
  }
  if (!between(settings.mostEntropy, 0, 5)) {
    problems.mostEntropy = 'The entropy lies between 0 and 5 nats; 0 switches the limit off.';
  }
  if (!wholeBetween(settings.telemetryIntervalMs, 0, 3_600_000)) {
    problems.telemetryIntervalMs = 'Records are kept 0 to 3,600,000 ms (an hour) apart.';
  }
  const { uncertainPercent, uncertainPaceS } = settings;
  if (uncertainPercent !== null && !wholeBetween(uncertainPercent, 0, 50)) {
    problems.uncertainPercent =
      'Uncertain windows take a whole percentage of the store, 0 (none is kept) to 50.';
  }
  if (uncertainPaceS !== null && !wholeBetween(uncertainPaceS, 1, day)) {
    problems.uncertainPaceS = 'Uncertain windows are kept whole seconds apart, 1 to a day (86,400).';
  }
  return problems;
}
