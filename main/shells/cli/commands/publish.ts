/** `curlew publish …`: what the lab tells other programs. */
import { resolve } from 'node:path';
import type { LabClient } from '../../../contract/client.ts';
import { CurlewError } from '../../../contract/error.ts';
import type { MqttSettings, MqttState } from '../../../contract/types.ts';
import { given } from '../../../given.ts';
import { readWhole } from '../../../regular-file.ts';
import type { Answer, Args, Commands } from '../command.ts';
import { exit } from '../exit.ts';
import { table } from '../output.ts';
import { givenPassphrase } from '../passphrase.ts';

export const publishCommands: Commands = {
  'publish prometheus': {
    usage: '[on|off]',
    about: 'whether Prometheus may scrape /metrics of the lab that is served; on makes a new token',
    options: [],
    run: prometheus,
  },
  'publish mqtt': {
    usage: '[on|off]',
    about:
      'how the broker is set and reached; switches telling it on or off; the password is read from a file alone',
    options: [
      ...(['host', 'port', 'tls', 'authority', 'user', 'passphrase-file'] as const),
      ...(['prefix', 'discovery', 'every'] as const),
    ],
    run: mqtt,
  },
  'publish test': {
    usage: 'prometheus|mqtt',
    about: 'tries it, and says what came back',
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

async function mqtt(client: LabClient, args: Args): Promise<Answer> {
  const on = isOn(args.words[0]);
  const before = await client.request('publish.mqtt', {});
  const change = await changeOf(args);
  if (on === null && change === null) return shown(before);
  const settings = { ...before.settings, ...change?.settings };
  const password = change?.password;
  return shown(
    await client.request('publish.setMqtt', {
      ...{ on: on ?? before.on, settings },
      ...(password !== undefined && { password }),
    }),
  );
}

interface Change {
  settings: Partial<MqttSettings>;
  /** Undefined: as before. */
  password: string | null | undefined;
}

/** @returns null where nothing is to be changed */
async function changeOf(args: Args): Promise<Change | null> {
  const { host, port, tls, authority, user, prefix, discovery, every } = args.options;
  if (port !== undefined && !/^\d{1,5}$/.test(port))
    throw new CurlewError('REQUEST_INVALID', `“${port}” is no port: give a number from 1 to 65535.`);
  const settings = given({
    ...{ host, user, prefix, discoveryPrefix: discovery },
    port: port === undefined ? undefined : Number(port),
    tls: tls === undefined ? undefined : tls === 'on',
    everyS: every === undefined ? undefined : Number(every),
    authority:
      authority === undefined || authority === ''
        ? authority
        : (await readWhole(resolve(authority), 100_000, 'a certificate')).toString(),
  });
  const asked = args.options['passphrase-file'] !== undefined;
  const password = asked
    ? await givenPassphrase(args, { what: 'password', twice: false })
    : user === ''
      ? null
      : undefined;
  return Object.keys(settings).length === 0 && password === undefined ? null : { settings, password };
}

function shown(state: MqttState): Answer {
  const { on, settings, hasPassword, connection, problem, published, waiting, dropped, refused } = state;
  const { host, port, tls, user, prefix, discoveryPrefix, everyS } = settings;
  const rows: [string, string][] = [
    ['connection', on ? connection : 'off'],
    ['problem', problem ?? ''],
    ['broker', `${host}:${port}${tls ? ', by TLS' : ''}`],
    ['user', user === '' ? 'nobody' : `${user}${hasPassword ? ', with a password' : ''}`],
    ['topics', `${prefix}/…`],
    ['Home Assistant', discoveryPrefix === '' ? 'is told nothing' : `${discoveryPrefix}/…`],
    ['records', `summed up over ${everyS} s`],
    ['messages', `${published} told, ${waiting} waiting, ${dropped} let go, ${refused} refused`],
  ];
  return {
    text: table(
      ['mqtt', ''],
      rows.filter(([, text]) => text !== ''),
    ),
    json: state,
  };
}

async function test(client: LabClient, { words: [where] }: Args): Promise<Answer> {
  if (where !== 'prometheus' && where !== 'mqtt')
    throw new CurlewError('REQUEST_INVALID', `“${where}” cannot be tried: prometheus and mqtt can.`);
  const name = where === 'mqtt' ? 'publish.testMqtt' : 'publish.testPrometheus';
  const result = await client.request(name, {});
  return { text: result.text, json: result, exit: result.ok ? exit.done : exit.failed };
}
