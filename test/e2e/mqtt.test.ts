/** A real Mosquitto, which goes away and comes back, and a lab that tells it what its boards are like. */
import { spawnSync } from 'node:child_process';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { MqttState } from '../../main/contract/types.ts';
import { resources } from '../../main/resources.ts';
import { openCertificate } from '../../main/shells/web/certificate.ts';
import { curlew, removeFolder, startLab, temporaryFolder, until, type LabProcess } from './lab-process.ts';
import { freePort, startProgram, type Program } from './programs.ts';

const password = { heron: 'reed bed and geese', watcher: 'a hide by the water' };
let folder: string;
let port: number;
let broker: Program;
let lab: LabProcess;
beforeEach(async () => {
  folder = await temporaryFolder();
  port = await freePort();
  await writeFile(join(folder, 'given'), `${password.heron}\n`);
  await writeFile(join(folder, 'wrong'), 'let me in\n');
  for (const [user, word] of Object.entries(password)) {
    const words = ['-b', ...(user === 'heron' ? ['-c'] : []), join(folder, 'passwords'), user, word];
    expect(spawnSync('mosquitto_passwd', words).status).toBe(0);
  }
  broker = await startBroker('plain', [`listener ${port} 127.0.0.1`]);
  lab = await startLab(join(folder, 'data'));
});
afterEach(async () => {
  await lab.stop();
  await broker.stop();
  await removeFolder(folder);
});

async function startBroker(name: string, lines: string[]): Promise<Program> {
  const config = join(folder, `${name}.conf`);
  // What it keeps for those who come later is lost with it.
  const usual = [`user ${userInfo().username}`, 'persistence false', 'allow_anonymous false'];
  await writeFile(config, [...usual, `password_file ${join(folder, 'passwords')}`, ...lines, ''].join('\n'));
  const started = startProgram('mosquitto', ['-c', config]);
  await until(() => / running/.test(started.said()));
  return started;
}

/** What the broker keeps and is told, the newest of each topic. */
async function watch(): Promise<{ heard: Map<string, string>; client: MqttClient }> {
  const heard = new Map<string, string>();
  const client = await connectAsync({
    ...{ host: '127.0.0.1', port, username: 'watcher', password: password.watcher, reconnectPeriod: 0 },
  });
  client.on('message', (topic, payload) => heard.set(topic, payload.toString()));
  await client.subscribeAsync('#');
  return { heard, client };
}

const run = (...words: string[]) => curlew(...words, '--data', join(folder, 'data'));
const set = async (...words: string[]): Promise<MqttState> => {
  const { code, stdout, stderr } = await run('publish', 'mqtt', ...words, '--json');
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as MqttState;
};
const broken = ['--host', '127.0.0.1', '--user', 'heron', '--passphrase-file'];

test('a broker is told of boards at once, hears what they record, and is told all again after it was killed', async () => {
  expect(await run('publish', 'mqtt', 'on', '--port', 'x')).toMatchObject({ code: 2 });
  const asked = [...broken, join(folder, 'given'), '--port', String(port), '--every', '1'];
  expect(await set('on', ...asked)).toMatchObject({ on: true, hasPassword: true });
  const kept = await readFile(join(folder, 'data', 'mqtt.json'), 'utf8');
  expect(kept).not.toContain(password.heron);
  const [secret] = (await readdir(join(folder, 'data', 'keys'))).filter((name) => name.startsWith('mqtt-'));
  expect((await stat(join(folder, 'data', 'keys', secret!))).mode & 0o777).toBe(0o600);

  let { heard, client } = await watch();
  const [board] = await lab.client.request('boards.list', {});
  const state = `curlew/boards/${board!.id}/state`;
  const found = `homeassistant/device/curlew_${board!.id}/config`;
  const told = () => JSON.parse(heard.get(state) ?? '{}') as Record<string, unknown>;
  await until(() => heard.get('curlew/status') === 'online' && heard.has(found) && heard.has(state));
  await until(() => heard.get(`curlew/boards/${board!.id}/availability`) === 'online');
  expect(told()).toMatchObject({ state: 'attached', name: board!.name });
  expect(JSON.parse(heard.get(found)!)).toMatchObject({ device: { name: board!.name } });

  expect(await run('publish', 'test', 'mqtt')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('a message to curlew/test came back'),
  });
  expect(await run('deploy')).toMatchObject({ code: 0 });
  expect(await run('infer', join(resources.bank, 'clips', 'dog.ogg'))).toMatchObject({ code: 0 });
  await until(() => typeof told()['last_class'] === 'string');
  expect(told()).toMatchObject({
    ...{ latency_ms: expect.any(Number), latency_source: 'modelled', energy_source: 'modelled' },
    ...{ level_dbfs: expect.any(Number), noise_floor_dbfs: expect.any(Number) },
  });

  await broker.stop('SIGKILL');
  await until(async () => (await lab.client.request('publish.mqtt', {})).connection === 'waiting');
  await lab.client.request('details.change', { boardIds: [board!.id], change: { name: 'Hide' } });
  await client.endAsync(true);
  broker = await startBroker('plain', [`listener ${port} 127.0.0.1`]);
  ({ heard, client } = await watch());
  await until(() => told()['name'] === 'Hide' && heard.get('curlew/status') === 'online');
  await until(() => heard.get(found)?.includes('Hide') ?? false);
  expect(typeof told()['last_class']).toBe('string');

  // No supply of a board is so high.
  const rule = {
    kind: 'voltage',
    threshold: 100_000,
    forMs: 0,
    target: { kind: 'board', boardId: board!.id },
  } as const;
  await lab.client.request('alerts.saveRule', { ...rule, on: true });
  await until(() => heard.has('curlew/alerts'));
  expect(JSON.parse(heard.get('curlew/alerts')!)).toMatchObject({
    ...{ what: 'raised', kind: 'voltage', boardId: board!.id, boardName: 'Hide', state: 'open' },
    text: expect.stringContaining('The supply of Hide is at'),
  });

  // A lab that ends in good order says so; one that is killed has left a will.
  await lab.stop();
  await until(() => heard.get('curlew/status') === 'offline');
  lab = await startLab(join(folder, 'data'));
  await until(() => heard.get('curlew/status') === 'online');
  await lab.stop('SIGKILL');
  await until(() => heard.get('curlew/status') === 'offline');
  await client.endAsync(true);
});

test('a wrong password, a certificate of nobody’s, and nobody at all are told in a sentence; the lab goes on', async () => {
  const tries = async (...words: string[]) => {
    await set(...words);
    const { code, stdout } = await run('publish', 'test', 'mqtt');
    return [code, stdout];
  };
  const at = (port: number) => ['--port', String(port)];
  expect(await tries('on', ...broken, join(folder, 'wrong'), ...at(port))).toEqual([
    1,
    expect.stringContaining('user or password are wrong'),
  ]);
  await until(async () => (await lab.client.request('publish.mqtt', {})).connection === 'waiting');
  const { problem } = await lab.client.request('publish.mqtt', {});
  expect(problem).toContain('user or password are wrong');
  const nobody = await freePort();
  expect(await tries(...at(nobody))).toEqual([1, expect.stringContaining('nothing listens there')]);

  const own = await openCertificate(join(folder, 'certificate'), ['127.0.0.1']);
  await writeFile(join(folder, 'own.pem'), own.certificate);
  await writeFile(join(folder, 'own.key'), own.key);
  const securePort = await freePort();
  const secure = await startBroker('secure', [
    `listener ${securePort} 127.0.0.1`,
    `certfile ${join(folder, 'own.pem')}`,
    `keyfile ${join(folder, 'own.key')}`,
  ]);
  const withTls = [...broken, join(folder, 'given'), ...at(securePort), '--tls'];
  expect(await tries(...withTls, 'on')).toEqual([1, expect.stringContaining('its certificate is its own')]);
  expect(await tries(...withTls, 'off')).toEqual([1, expect.stringContaining('is TLS')]);
  expect(await tries(...withTls, 'on', '--authority', join(folder, 'own.pem'))).toEqual([
    0,
    expect.stringContaining('over TLS as heron'),
  ]);
  expect(await tries(...at(port), '--tls', 'on')).toEqual([1, expect.stringContaining('TLS')]);
  await until(async () => (await lab.client.request('publish.mqtt', {})).problem !== null);
  expect(await set('off', '--user', '')).toMatchObject({ on: false, connection: 'off', hasPassword: false });
  expect((await readdir(join(folder, 'data', 'keys'))).filter((name) => name.startsWith('mqtt-'))).toEqual(
    [],
  );
  await secure.stop();
});
