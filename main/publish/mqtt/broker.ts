/** A connection to a broker by the package `mqtt`, which is loaded only where somebody wants one. MQTT 3.1.1: every broker speaks it. */
import { randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import type { MqttClient } from 'mqtt';
import { onAbort } from '../../../devices/protocol/abort.ts';
import type { MqttSettings } from '../../contract/types.ts';
import type { Broker } from './connection.ts';
import { brokerProblem } from './problems.ts';

export interface BrokerOptions {
  settings: MqttSettings;
  /** Null for none. */
  password: string | null;
  /** What the broker tells others when the lab is gone without a word. */
  will: { topic: string; payload: string } | null;
}

const answerMs = 15_000;
/** The broker misses a lab that is gone without a word after half as long again. */
const keepAliveS = 30;

/** @throws Error with a sentence for a person */
export async function openBroker(options: BrokerOptions, signal: AbortSignal): Promise<Broker> {
  return brokerOf(await openClient(options, signal), options.settings);
}

/** @throws Error with a sentence for a person */
export async function openClient(
  { settings, password, will }: BrokerOptions,
  signal: AbortSignal,
): Promise<MqttClient> {
  const { host, port, tls, authority, user } = settings;
  const { connect } = await import('mqtt');
  const client = connect({
    ...{ protocol: tls ? 'mqtts' : 'mqtt', host, port, protocolVersion: 4 },
    clientId: `curlew-${randomBytes(6).toString('hex')}`,
    // When it is tried again is the lab's own to say.
    ...{ reconnectPeriod: 0, connectTimeout: answerMs, keepalive: keepAliveS, clean: true },
    ...(user !== '' && { username: user }),
    ...(password !== null && { password }),
    ...(will && { will: { topic: will.topic, payload: Buffer.from(will.payload), qos: 1, retain: true } }),
    ...(tls && authority !== '' && { ca: authority }),
    ...(tls && isIP(host) === 0 && { servername: host }),
  });
  let problem: unknown = null;
  client.on('error', (error) => (problem ??= error));
  let stopWaiting = (): void => undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      client.once('connect', () => resolve());
      client.once('close', () => reject(new Error(brokerProblem(problem, settings))));
      client.once('error', (error) => reject(new Error(brokerProblem(error, settings))));
      stopWaiting = onAbort(signal, () => reject(new Error('It was given up.')));
      if (signal.aborted) reject(new Error('It was given up.'));
    });
    return client;
  } catch (thrown) {
    await client.endAsync(true);
    throw thrown;
  } finally {
    stopWaiting();
  }
}

function brokerOf(client: MqttClient, settings: MqttSettings): Broker {
  let problem: unknown = null;
  client.on('error', (error) => (problem ??= error));
  const lost = new Promise<string>((resolve) => {
    client.once('close', () => {
      resolve(problem === null ? 'The broker ended the connection.' : brokerProblem(problem, settings));
      // What it still holds is sent over the next connection.
      client.end(true);
    });
  });
  return {
    lost,
    publish: (topic, payload, retain) =>
      new Promise((resolve, reject) => {
        client.publish(topic, payload, { qos: 1, retain }, (error) => (error ? reject(error) : resolve()));
      }),
    close: async () => void (await client.endAsync()),
  };
}
