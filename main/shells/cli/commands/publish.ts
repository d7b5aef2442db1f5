/** `curlew publish …`: what the lab tells other programs. */
import type { LabClient } from '../../../contract/client.ts';
import { CurlewError } from '../../../contract/error.ts';
import type { Answer, Args, Commands } from '../command.ts';
import { exit } from '../exit.ts';

export const publishCommands: Commands = {
  'publish prometheus': {
    usage: '[WORD]',
    about: 'whether Prometheus may scrape /metrics of the lab that is served; on (with a new token) or off',
    options: [],
    run: prometheus,
  },
  'publish test': {
    usage: 'WHERE',
    about: 'tries it, and says what came back; WHERE is prometheus',
    options: [],
    run: test,
  },
};

/** @returns whether it is to be on; null where that is not said */
function isOn(word: string | undefined): boolean | null {
  if (word === undefined) return null;
  if (word === 'on' || word === 'off') return word === 'on';
  throw new CurlewError('REQUEST_INVALID', `“${word}” is neither on nor off.`);
}

async function prometheus(client: LabClient, { words }: Args): Promise<Answer> {
  const on = isOn(words[0]);
  const setting = await (on === null
    ? client.request('publish.prometheus', {})
    : client.request('publish.switchPrometheus', { on }));
  const where = setting.address ?? '/metrics of the address where “curlew serve” serves this lab';
  const state = setting.on ? `Prometheus may scrape ${where}.` : 'Nothing is served to Prometheus.';
  const token = setting.token === null ? [] : [`The bearer token, which is told this once: ${setting.token}`];
  return { text: [state, ...token].join('\n'), json: setting };
}

async function test(client: LabClient, { words: [where] }: Args): Promise<Answer> {
  if (where !== 'prometheus')
    throw new CurlewError('REQUEST_INVALID', `“${where}” cannot be tried: prometheus can.`);
  const result = await client.request('publish.testPrometheus', {});
  return { text: result.text, json: result, exit: result.ok ? exit.done : exit.failed };
}
