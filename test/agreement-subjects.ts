/**
 * Experts of every kind, the shipped router and a cascade, with what they are held against; and a board held against it,
 * window by window, as the lab's comparison does.
 */
import * as ort from 'onnxruntime-web';
import { CurlewBoard } from '../devices/drivers/curlew/board.ts';
import type { Port } from '../devices/drivers/port.ts';
import type { EngineImages } from '../devices/engine/engine.ts';
import type { Banks } from '../main/banks/banks.ts';
import { imagesOfModel } from '../main/banks/model-images.ts';
import { answerWindows, deployModel } from '../main/jobs/compare/board-answers.ts';
import {
  compareWindow,
  heardOf,
  listenerOf,
  logMelOf,
  placesOf,
  type ContestedModel,
} from '../main/jobs/compare/compare-window.ts';
import type { ComparedWindow } from '../main/jobs/compare/contract/rows.ts';
import { usualRules } from '../main/jobs/compare/contract/stages.ts';
import { contestedModel } from '../main/jobs/compare/models.ts';
import { ReferenceDesk, type FileSource, type Referred } from '../main/jobs/compare/reference-desk.ts';
import { decodeAll, toInt16 } from '../main/recordings/pcm16k.ts';
import { buildExpert, buildRouter, type BuiltEncoder, type LatentRouter } from '../models/bank/build.ts';
import { storeRouter } from '../models/bank/store-router.ts';
import type { LatentExpert } from '../models/experts/expert.ts';
import { sha256 } from '../models/packing/sha256.ts';
import { expertKinds } from '../models/study/kinds.ts';
import { variationOf } from './fixtures/clip-variations.ts';
import { calibrated, randomLatent } from './fixtures/random-expert.ts';

export interface AgreementSubject {
  readonly name: string;
  readonly model: ContestedModel;
  readonly images: EngineImages;
  readonly desk: ReferenceDesk;
  /** What a clip's references said, which is the same for every board. */
  readonly referred: Map<string, Promise<Referred>>;
}

/** Small, so that emulated boards get through many clips; the arithmetic of experts does not depend on it. */
const encoderId = 'esc10-encoder-small-4';
const shape = { inputs: 160, widths: [37, 21] };

export async function agreementSubjects(banks: Banks): Promise<AgreementSubject[]> {
  const { built: encoder } = await banks.encoder(encoderId);
  const kinds = expertKinds.map(({ id, precision, hidden }, i) => {
    const latent = randomLatent(200 + i, { ...shape, ...(hidden ? { widths: hidden } : {}) });
    const expert = precision === 'static8' ? calibrated(latent) : precision === 32 ? floats(latent) : latent;
    return { id, ...buildExpert(expert, precision, encoder) };
  });
  const subjects = kinds.map(({ id, image, ...graphs }) =>
    subjectOf(
      id,
      { id, expertIds: [id], encoders: [encoderId], router: null },
      { encoders: [encoder.files.image], experts: [image], router: null },
      async (_, file) => graphs[file as keyof typeof graphs],
    ),
  );
  // The router’s bank all but fills a board: it goes where nothing was written yet.
  return [await shippedRouter(banks), ...subjects, await cascade(banks, encoder)];
}

/** Hidden layers that stay as they are. */
const floats = (latent: LatentExpert): LatentExpert => ({
  ...latent,
  layers: latent.layers.map((layer) => ({ ...layer, kind: 'linear' as const })),
});

async function shippedRouter(banks: Banks): Promise<AgreementSubject> {
  const { id } = banks.routers[0]!;
  const { asked } = await contestedModel(banks, id);
  return subjectOf('router', asked, await imagesOfModel(banks, id), (one, file) => banks.file(one, file));
}

/** The small encoder first, the medium one where the first expert is in doubt. */
async function cascade(banks: Banks, small: BuiltEncoder): Promise<AgreementSubject> {
  const medium = (await banks.encoder('esc10-encoder-medium-4')).built;
  const stages = [
    { id: 'first', encoder: small, ...buildExpert(randomLatent(301, shape), 4, small) },
    {
      id: 'second',
      encoder: medium,
      ...buildExpert(randomLatent(302, { ...shape, inputs: 256 }), 8, medium),
    },
  ];
  const router: LatentRouter = {
    expert: { ...randomLatent(9, { inputs: 160, widths: [], classes: 2 }), layers: [] },
    precision: 32,
    prior: new Float32Array(2),
    routing: { alpha: 0, curiosityScale: 1, dropout: Math.fround(0.2), seed: 4, passes: 0, topK: 1 },
    cascade: { decision: 'entropy', thresholds: Float32Array.of(0.35) },
  };
  const { image } = buildRouter(
    router,
    small,
    stages.map((stage) => sha256(stage.image)),
  );
  const { description, weights } = storeRouter(router);
  const files: Record<string, Uint8Array> = {
    image,
    'router.json': new TextEncoder().encode(JSON.stringify(description)),
    'weights.f32': weights,
  };
  return subjectOf(
    'cascade',
    {
      id: 'cascade',
      expertIds: stages.map(({ id }) => id),
      encoders: [encoderId, 'esc10-encoder-medium-4'],
      router: { topK: 1, cascade: true, listener: 0 },
    },
    {
      encoders: stages.map(({ encoder }) => encoder.files.image),
      experts: stages.map((stage) => stage.image),
      router: image,
    },
    async (id, file) => {
      const stage = stages.find((one) => one.id === id);
      return stage ? stage[file as 'quantized.onnx'] : files[file]!;
    },
  );
}

const subjectOf = (
  name: string,
  model: ContestedModel,
  images: EngineImages,
  files: FileSource,
): AgreementSubject => ({
  ...{ name, model, images },
  desk: new ReferenceDesk(ort, files),
  referred: new Map(),
});

/** Clips of one window each, made of the bundled ones. */
export async function agreementClips(banks: Banks, clips: number): Promise<Int16Array[]> {
  const sounds = await Promise.all(
    banks.clips.map(async ({ id, label }) => ({ label, pcm: toInt16(await decodeAll(banks.clipPath(id))) })),
  );
  return Array.from({ length: clips }, (_, clip) => variationOf(sounds[clip % sounds.length]!, clip, 1));
}

/** @param onWindow told of each clip’s window, in order @throws CurlewError of the board */
export async function heldAgainst(
  port: Port,
  subjects: readonly AgreementSubject[],
  clips: readonly Int16Array[],
  onWindow: (subject: AgreementSubject, window: ComparedWindow) => void,
): Promise<void> {
  const { signal } = new AbortController();
  const board = await CurlewBoard.open(port);
  try {
    for (const subject of subjects) {
      const { model, desk } = subject;
      const slots = await deployModel(board, subject.images, signal);
      for (const [clip, pcm] of clips.entries()) {
        const referred = (place: number): Promise<Referred> => {
          const name = `${clip} ${place}`;
          const there = subject.referred.get(name) ?? desk.refer(model.expertIds[place]!, pcm);
          subject.referred.set(name, there);
          return there;
        };
        const listening = await referred(listenerOf(model));
        const [answer] = await answerWindows(board, [{ pcm, logMel: logMelOf(listening, 0) }], {
          ...{ keep: false, signal },
        });
        const experts = new Map<number, Referred>();
        for (const place of placesOf(model, slots, [answer!])) experts.set(place, await referred(place));
        const route = async (inferenceId: number) =>
          model.router ? desk.route(model.id, [heardOf(listening, 0, inferenceId)]) : null;
        const references = {
          experts,
          heard: await route(answer!.heard.inferenceId),
          same: await route(answer!.same!.inferenceId),
        };
        const at = { board: 0, model: 0, clip, window: 0, ordinal: clip };
        onWindow(subject, compareWindow(model, slots, answer!, references, usualRules, at));
      }
    }
  } finally {
    await board.close();
  }
}
