/** What is asked of captures, for a background thread: each opens the capture, answers, and lets go of it. */
import { CaptureReader } from './capture-reader.ts';
import type { Envelope } from './contract/captures.ts';
import type { EnergyResult } from './contract/energy.ts';
import { energiesOf, type EnergyWish } from './energy.ts';
import { envelopeOf } from './envelope.ts';
import { summed, type Summed } from './files/made.ts';
import { lastEdges, type LastEdges, type LastEdgesWish } from './last-edges.ts';
import { recoverCapture } from './recover.ts';

function reading<T>(folder: string, read: (reader: CaptureReader) => T): T {
  const reader = new CaptureReader(folder);
  try {
    return read(reader);
  } finally {
    reader.close();
  }
}

export const captureQueries = {
  captureEnvelope: async (folder: string, from: number, to: number, points: number): Promise<Envelope> =>
    reading(folder, (reader) => envelopeOf(reader, from, to, points)),
  captureEnergy: async (folder: string, perSecond: number, wish: EnergyWish): Promise<EnergyResult> =>
    reading(folder, (reader) => energiesOf(reader, perSecond, wish)),
  captureLastEdges: async (folder: string, perSecond: number, wish: LastEdgesWish): Promise<LastEdges> =>
    reading(folder, (reader) => lastEdges(reader, perSecond, wish)),
  recoverCapture: async (folder: string): Promise<Summed> => summed(recoverCapture(folder)),
};
