/** What a board's answer is held against: the references of those who gave it, and of the router that picked them. */
import type {
  ExpertInfo,
  PlayedBank,
  PlayedImage,
  RouterInfo,
  WindowResult,
} from '../../main/contract/types.ts';
import { agreement, type Agreement } from '../../models/evaluation/agreement.ts';
import {
  cascadeAgreement,
  routingAgreement,
  type RoutingAgreement,
} from '../../models/evaluation/routing-agreement.ts';
import { answerersOf, mixed } from '../../models/reference/answerers.ts';
import type { ReferenceAnswer, ReferenceRoute } from '../reference/messages.ts';
import type { ReferenceClient } from '../reference/reference-client.ts';
import { isRouter, type useExperts } from './experts.ts';

export type References = Pick<ReferenceClient, 'open' | 'answer' | 'openRouter' | 'route' | 'logMel'>;

/** What a play was answered with, as far as this lab's banks have it. */
export interface AnswererFiles {
  router: RouterInfo | null;
  /** Null: in no bank of this lab. */
  experts: readonly (ExpertInfo | null)[];
  /** What is in no bank of this lab. */
  missing: readonly PlayedImage[];
}

/** Both references' answer to one window, and how far the board's lies from it. */
export interface Held {
  quantized: Float32Array;
  float: Float32Array;
  agreement: Agreement;
  /** Null without a router, or where no bank has it. */
  routing: HeldRouting | null;
}

export interface HeldRouting extends RoutingAgreement {
  /** Places of the experts that the references would have asked first. */
  choices: { quantized: number; float: number };
}

type Experts = Pick<ReturnType<typeof useExperts>, 'file' | 'ofImage' | 'memberOfImage'>;

export function filesOf({ router, experts: images }: PlayedBank, experts: Experts): AnswererFiles {
  const member = router && experts.memberOfImage(router.sha256);
  const found = images.map(({ sha256 }) => experts.ofImage(sha256));
  return {
    router: member && isRouter(member) ? member : null,
    experts: found,
    missing: [...(router && !member ? [router] : []), ...images.filter((_, place) => !found[place])],
  };
}

/** That an answer can be held against something: those who gave it are known, and in a bank of this lab. */
export function canHold(result: WindowResult, bank: PlayedBank, files: AnswererFiles): boolean {
  const { topK, router } = bank;
  if (topK === null && files.router === null) return false;
  // How many answer together is the router's to say: with all of its experts there, it does not matter yet.
  if (router !== null && topK === null) return files.experts.every(Boolean);
  return (answerersOf(result, { routed: router !== null, topK }) ?? []).every(
    ({ place }) => files.experts[place],
  );
}

/**
 * The references of those who answered, with the weights that they answered with, so that the difference of logits is
 * theirs alone; the router's own decision is held apart.
 * @param pcm one window
 */
export async function hold(
  references: References,
  experts: Pick<Experts, 'file'>,
  { result, bank, files }: { result: WindowResult; bank: PlayedBank; files: AnswererFiles },
  pcm: Float32Array,
): Promise<Held> {
  const { router } = files;
  const opened = router && (await openRouter(references, experts, router));
  const answerers =
    answerersOf(result, { routed: bank.router !== null, topK: bank.topK ?? opened?.topK ?? null }) ?? [];
  // The router's own embedding: of the first expert that hears through the same encoder; of a cascade the first one does.
  const listener = opened ? files.experts.findIndex((one) => one?.encoder === router.encoder) : -1;
  const of = async (kind: 'quantized' | 'float') => {
    const places = [...new Set([...answerers.map(({ place }) => place), listener])].filter((at) => at >= 0);
    const answers = new Map<number, ReferenceAnswer>();
    for (const place of places) {
      const expert = files.experts[place]!;
      // By its hash: another bank may have an expert of this id one day.
      const graph = `${kind} ${expert.imageSha256}`;
      await references.open(graph, () => experts.file(expert.id, `${kind}.onnx`));
      answers.set(place, await references.answer(graph, pcm));
    }
    const heard = answers.get(listener);
    return {
      logits: mixed(answerers.map(({ place, weight }) => ({ ...answers.get(place)!, weight }))),
      heard: heard && { embedding: heard.embedding, firstLogits: heard.logits },
    };
  };
  const [quantized, float] = await Promise.all([of('quantized'), of('float')]);
  const routes =
    opened && quantized.heard && float.heard
      ? await references.route(
          opened.name,
          { quantized: quantized.heard, float: float.heard },
          result.inferenceId,
        )
      : null;
  return {
    quantized: quantized.logits,
    float: float.logits,
    agreement: agreement(result.logits, quantized.logits, float.logits),
    routing: routes && routingOf(result, routes),
  };
}

async function openRouter(references: References, experts: Pick<Experts, 'file'>, router: RouterInfo) {
  const name = router.imageSha256;
  const topK = await references.openRouter(name, async () => ({
    image: await experts.file(router.id, 'image'),
    'router.json': await experts.file(router.id, 'router.json'),
    'weights.f32': await experts.file(router.id, 'weights.f32'),
  }));
  return { name, topK };
}

function routingOf(
  { gate, place, score }: Pick<WindowResult, 'gate' | 'place' | 'score'>,
  { quantized, float }: ReferenceRoute,
): HeldRouting {
  const choices = { quantized: quantized.ranked[0]!, float: float.ranked[0]! };
  const staged = {
    board: { score, choice: place },
    quantized: { score: quantized.score, choice: choices.quantized },
    float: { score: float.score, choice: choices.float },
  };
  const agreed = quantized.thresholds
    ? cascadeAgreement(staged, quantized.thresholds)
    : routingAgreement(
        { gate, choice: place },
        { gate: quantized.gate, choice: choices.quantized },
        { gate: float.gate, choice: choices.float },
      );
  return { ...agreed, choices };
}
