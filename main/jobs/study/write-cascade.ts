/** A cascade in a bank: its stages' experts, each on its own encoder, and what decides among them. */
import type { BankExpert, BankRouter } from '../../../models/bank/bank.ts';
import { bitsOfPrecision } from '../../../models/router/prior.ts';
import { expertKinds } from '../../../models/study/kinds.ts';
import { stageCard, cascadeCard } from './cascade-card.ts';
import type { CardInput } from './card.ts';
import { cascadeFigures, decidingBy, stageFigures, type CascadeSetting } from './cascade-in-bank.ts';
import { stageTraining, type CascadeModels } from './train-cascade.ts';
import { writeExpert, writeRouter, type Write } from './write-members.ts';

export interface BankCascade {
  readonly setting: CascadeSetting;
  /** Those that the bank holds. */
  readonly shown: CascadeModels;
  /** Of every fold, of the same seed. */
  readonly all: readonly CascadeModels[];
}

interface CascadeInput extends CardInput {
  readonly cascade: BankCascade;
  readonly prefix: string;
  readonly title: string;
  readonly version: number;
}

const taken = new Set(['router', 'cascade', 'encoder', ...expertKinds.map(({ id }) => id)]);

/** `esc10-encoder-small` is the stage `small`; by their number where that is no name of its own. */
export function stageWords(stages: readonly string[]): string[] {
  const words = stages.map((stage) => stage.replace(/^.*encoder-/, ''));
  const clear = new Set(words).size === words.length && !words.some((word) => taken.has(word));
  return clear ? words : stages.map((_, i) => `stage-${i + 1}`);
}

/** What gets a version. */
export const cascadeNames = (title: string, { shown }: BankCascade) => [
  ...stageWords(shown.names).map((word) => ({ kind: 'expert' as const, name: `${title} ${word}` })),
  { kind: 'router' as const, name: `${title} cascade` },
];

/** @throws CurlewError IMAGE_BAD where something does not fit an image */
export async function writeCascade(
  write: Write,
  input: CascadeInput,
): Promise<{ experts: BankExpert[]; router: BankRouter }> {
  const { cascade, prefix, title, version } = input;
  const { setting, shown, all } = cascade;
  const folds = all.map(({ answers }) => answers);
  const common = { version, heldOutFold: input.models.fold };
  const { precision } = stageTraining;
  const experts: BankExpert[] = [];
  for (const [stage, word] of stageWords(shown.names).entries()) {
    const encoder = shown.chosen[stage]!.encoder;
    const figures = stageFigures(stage, shown.answers, folds);
    const name = `${title} ${word}`;
    const latent = { ...shown.experts[stage]!, name, version };
    experts.push(
      await writeExpert(write, {
        ...{
          id: `${prefix}-${word}`,
          precision,
          bits: bitsOfPrecision(precision),
          figures,
          latent,
          ...common,
        },
        ...{ encoder: encoder?.id ?? null, built: encoder?.built ?? null },
        card: stageCard(input, { name, labels: latent.labels, encoder, figures }),
      }),
    );
  }
  const first = shown.chosen[0]!.encoder;
  const deciding = decidingBy(shown, setting);
  const name = `${title} cascade`;
  const labels = experts.map((one) => one.name);
  const figures = cascadeFigures(setting, shown.answers, folds);
  const router = await writeRouter(write, {
    ...{ id: `${prefix}-cascade`, picked: experts, figures, ...common },
    ...{ encoder: first?.id ?? null, built: first?.built ?? null },
    router: { ...deciding, expert: { ...deciding.expert, name, version, labels } },
    card: cascadeCard(input, {
      name,
      stages: labels,
      cascade: deciding.cascade!,
      plain: setting.plain,
      figures,
    }),
  });
  return { experts, router };
}
