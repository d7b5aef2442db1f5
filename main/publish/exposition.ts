/**
 * Prometheus' text exposition format, version 0.0.4
 * (https://prometheus.io/docs/instrumenting/exposition_formats/): base units, HELP and TYPE before a metric's samples.
 */

import { setImmediate as nextTurn } from 'node:timers/promises';

export interface Metric {
  /** `[a-z_]`, with the base unit as its suffix. */
  name: string;
  help: string;
  samples: readonly Sample[];
}

export interface Sample {
  labels: Readonly<Record<string, string>>;
  value: number;
}

/** All are gauges: figures of now, or of the last hour. @returns nothing of a metric without samples */
export async function exposition(metrics: readonly Metric[]): Promise<string> {
  const texts: string[] = [];
  for (const { name, help, samples } of metrics) {
    if (samples.length === 0) continue;
    texts.push(
      `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n# TYPE ${name} gauge\n`,
      ...samples.map(({ labels, value }) => `${name}${labelText(labels)} ${numberText(value)}\n`),
    );
    // Of a thousand boards one metric takes a few milliseconds, all of them more than the lab can wait for.
    await nextTurn();
  }
  return texts.join('');
}

function labelText(labels: Sample['labels']): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

const escaped = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

const numberText = (value: number): string =>
  value === Infinity ? '+Inf' : value === -Infinity ? '-Inf' : String(value);
