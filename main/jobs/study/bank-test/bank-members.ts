/** A bank that is there, as far as it can be tested: its experts by their kinds, its router, what they have heard. */
import { readRouter } from '../../../../models/packing/read.ts';
import type { Cascade, UnboundRouter } from '../../../../models/router/router.ts';
import { expertKinds, type ExpertKind } from '../../../../models/study/kinds.ts';
import type { Banks } from '../../../banks/banks.ts';
import { imagesOfModel } from '../../../banks/model-images.ts';
import { CurlewError } from '../../../contract/error.ts';
import type { ExpertInfo, RouterInfo } from '../../../contract/types.ts';
import type { EngineImages } from '../../../../devices/engine/engine.ts';
import type { Heard } from './heard.ts';

export interface TestedExpert {
  readonly kind: ExpertKind;
  readonly info: ExpertInfo;
  /** Itself and its encoder, as a board is given them. */
  readonly images: EngineImages;
}

export interface BankMembers {
  readonly classes: readonly string[];
  readonly experts: readonly TestedExpert[];
  /** With the kinds of its experts, in its order; null where the bank has none. */
  readonly router: {
    readonly info: RouterInfo;
    readonly image: Uint8Array;
    readonly network: UnboundRouter;
    readonly kinds: readonly string[];
  } | null;
  /** null where it has none */
  readonly cascade: TestedCascade | null;
  readonly heard: Heard;
  /** What its experts were trained on; null where the bank does not list it. */
  readonly trainedOn: string | null;
  /** Names of further cascades, which are left out with their stages. */
  readonly leftOut: readonly string[];
}

export interface TestedCascade {
  readonly image: Uint8Array;
  readonly network: UnboundRouter & { readonly cascade: Cascade };
  /** In the order of their cost, each with its own encoder. */
  readonly stages: readonly Pick<TestedExpert, 'info' | 'images'>[];
}

/** @throws CurlewError EXPERT_NOT_FOUND; NOT_CAPABLE where its experts do not belong together; FILE_DAMAGED */
export async function bankMembers(banks: Banks, bankId: string): Promise<BankMembers> {
  const routers = banks.routers.filter(({ bank }) => bank === bankId);
  const cascades = routers.filter(({ cascade }) => cascade);
  const stages = new Set(cascades.flatMap((one) => one.experts));
  const all = banks.experts.filter(({ bank }) => bank === bankId);
  const infos = all.filter(({ id }) => !stages.has(id));
  const [first] = infos;
  if (!first) throw noBank(bankId, banks);
  const experts: TestedExpert[] = [];
  for (const info of all) {
    if (info.classes.join('\n') !== first.classes.join('\n')) {
      throw new CurlewError(
        'NOT_CAPABLE',
        `The experts ${first.id} and ${info.id} of this bank know different classes: they cannot be compared.`,
      );
    }
  }
  for (const info of infos)
    experts.push({ kind: kindOfExpert(info), info, images: await imagesOfModel(banks, info.id) });
  const info = routers.find(({ cascade }) => !cascade);
  const image = info && (await banks.file(info.id, 'image'));
  const [cascade] = cascades;
  const encoders = new Set(all.flatMap(({ encoder }) => encoder ?? []));
  const made = banks.trainedOn(bankId);
  return {
    classes: first.classes,
    experts,
    router:
      info && image
        ? {
            info,
            image,
            network: readRouter(image).router,
            kinds: info.experts.map((id) => experts.find((one) => one.info.id === id)!.kind.id),
          }
        : null,
    cascade: cascade ? await testedCascade(banks, cascade) : null,
    heard: {
      numbers: new Set([...encoders].flatMap((id) => [...banks.heardBy(id)])),
      recordings: new Set(made?.recordings),
      files: new Set(made?.files),
    },
    trainedOn: made?.name ?? null,
    leftOut: cascades.slice(1).map(({ name }) => name),
  };
}

async function testedCascade(banks: Banks, { id: cascadeId, experts }: RouterInfo): Promise<TestedCascade> {
  const stages: TestedCascade['stages'][number][] = [];
  for (const id of experts) stages.push({ info: banks.expert(id), images: await imagesOfModel(banks, id) });
  const image = await banks.file(cascadeId, 'image');
  const network = readRouter(image).router;
  return { image, network: { ...network, cascade: network.cascade! }, stages };
}

/** Its id ends with it, but for banks of other hands. */
function kindOfExpert({ id, precision }: ExpertInfo): ExpertKind {
  const alike = expertKinds.filter((kind) => kind.precision === precision);
  return alike.find((kind) => id.endsWith(`-${kind.id}`)) ?? alike[0]!;
}

export function noBank(bankId: string, { experts }: Pick<Banks, 'experts'>): CurlewError {
  const names = [...new Set(experts.map(({ bank }) => bank))].join(', ');
  return new CurlewError(
    'EXPERT_NOT_FOUND',
    `There is no bank “${bankId}” with experts. There are: ${names}.`,
    {
      bank: bankId,
    },
  );
}
