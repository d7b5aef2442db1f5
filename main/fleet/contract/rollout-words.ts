/** Words for roll-outs, the same on the page and on the command line. */
import { count, duration, energy, grouped, inOne, percent } from '../../contract/figures.ts';
import type { GateJudgement, Rollout, RolloutGate, RolloutOutcome, RolloutStage } from './rollout.ts';
import { settingValue, settingWords } from './setting-words.ts';
import type { WantedSettings } from './details.ts';

export const gateWords: Record<RolloutGate, string> = {
  errors: 'errors',
  restarts: 'restarts',
  latency: 'latency p95',
  energy: 'energy each',
  'top probability': 'top probability',
  'class mix': 'class mix',
  agreement: 'agreement',
};

/** A figure of a gate, with its unit. */
export function gateFigure(gate: RolloutGate, value: number | null): string {
  if (value === null) return '—';
  switch (gate) {
    case 'errors':
    case 'restarts':
      return `${(1000 * value).toFixed(2)} per 1,000`;
    case 'latency':
      return inOne(duration(value));
    case 'energy':
      return inOne(energy(value));
    case 'top probability':
    case 'class mix':
      return value.toFixed(2);
    case 'agreement':
      return percent(value);
  }
}

/** How far it is on the way to a halt, 0 … 1; null where it judges nobody. */
export const gateShare = ({ evidence, threshold }: GateJudgement): number | null =>
  evidence === null ? null : Math.min(1, Math.max(0, evidence / threshold));

/** “passes”, “halts”, or why it judges nobody. */
export function gateText(gate: GateJudgement): string {
  const { evidence, threshold, boards, unjudged } = gate;
  const rest = unjudged.map(({ why, boards }) => `${count(boards, 'board')} not judged: ${why}`);
  const halts = evidence !== null && evidence >= threshold;
  const judged =
    boards > 0 ? [`${halts ? 'halts' : 'nothing against it'}, of ${count(boards, 'board')}`] : [];
  return [...judged, ...rest].join('; ') || 'not judged yet';
}

export const stageName = (index: number, { share }: Pick<RolloutStage, 'share'>): string =>
  share === null ? 'canaries' : `stage ${index + 1}, up to ${percent(share, 0)}`;

/** What a stage has so far, and what it waits for. */
export function stageText(stage: RolloutStage, { leastInferences, leastHours }: Rollout): string {
  const { watched, away, failed, inferences, hours, state } = stage;
  if (state === 'to come' || state === 'left out') return count(stage.boards, 'board');
  const parts = [
    `${count(watched, 'board')} watched`,
    ...(away > 0 ? [`${count(away, 'board')} away, changed when met`] : []),
    ...(failed > 0 ? [`${count(failed, 'board')} failed`] : []),
    ...(watched > 0 && state === 'watching'
      ? [
          `${grouped(inferences)} of ${count(leastInferences, 'inference')} each at least, ` +
            `${hours.toFixed(1)} of ${leastHours} h`,
        ]
      : []),
  ];
  return parts.join(', ');
}

/** What is rolled out. */
export function wantedText({ bank, settings }: Rollout['wanted']): string {
  const names = Object.keys(settings) as (keyof WantedSettings)[];
  return [
    ...(bank ? [`${bank.name}, version ${bank.version}`] : []),
    ...names.map((name) => `${settingWords[name][0]} ${settingValue(name, settings[name]!)}`),
  ].join('; ');
}

export const stateText = ({ state, paused }: Pick<Rollout, 'state' | 'paused'>): string =>
  paused ? `${state}, paused` : state;

export const outcomeWords: Record<RolloutOutcome, string> = {
  'to come': 'to come',
  waits: 'away, changed when met',
  failed: 'failed',
  watched: 'changed and watched',
  back: 'as before',
  'not back': 'not back yet',
};
