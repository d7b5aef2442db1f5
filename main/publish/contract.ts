/** What the lab tells other programs: this room's part of the contract. */
import * as v from 'valibot';
import { forOperators, forViewers } from '../contract/roles.ts';
import { none, text, whole } from '../contract/schemas.ts';

/** Whether Prometheus may scrape what boards did. */
export interface PrometheusSetting {
  on: boolean;
  /** What it must be given, told once, when it was just switched on; the lab itself keeps no more than its hash. */
  token: string | null;
  /** Where it scrapes; null where this lab is served nowhere: in a window of its own, or for one command. */
  address: string | null;
}

/** What came back of a try, a sentence. */
export interface PublishTest {
  ok: boolean;
  text: string;
}

/** In Prometheus' text exposition format where the token is right. */
export type Scrape =
  { outcome: 'told'; text: string } | { outcome: 'off'; text: null } | { outcome: 'refused'; text: null };

export interface MqttSettings {
  host: string;
  port: number;
  tls: boolean;
  /** PEM of the certificate that the broker's is signed with; empty: the system's authorities. */
  authority: string;
  /** Empty: nobody by name. */
  user: string;
  /** What all topics begin with. */
  prefix: string;
  /** Where Home Assistant looks for devices; empty: it is told nothing. */
  discoveryPrefix: string;
  /** What boards recorded is told this often at most, seconds. */
  everyS: number;
}

export interface MqttState {
  on: boolean;
  settings: MqttSettings;
  /** One is kept; it is told to nobody but the broker. */
  hasPassword: boolean;
  connection: 'off' | 'connecting' | 'connected' | 'waiting';
  /** Why there is no connection at the moment, or why what is kept cannot be used; null: all is well. */
  problem: string | null;
  /** Messages since the lab was opened, or this was switched on: taken by the broker, and waiting for it. */
  published: number;
  waiting: number;
  /** Of alerts: so many waited that the oldest were let go. */
  dropped: number;
  /** The broker would not take them. */
  refused: number;
}

const topic = (most: number) => v.pipe(v.string(), v.maxLength(most), v.regex(/^[^#+\p{Cc}]*$/u));
const slashless = (given: string): boolean => !/^[$/]|\/$/.test(given);
export const mqttSettings = v.strictObject({
  host: v.pipe(text(253), v.regex(/^[^\s/@]+$/, 'a host is a name or an address, without scheme and path')),
  port: whole(1, 65_535),
  tls: v.boolean(),
  authority: v.pipe(
    v.string(),
    v.maxLength(100_000),
    v.check(
      (given) => given === '' || given.includes('-----BEGIN CERTIFICATE-----'),
      'an authority is a certificate in PEM, which begins with -----BEGIN CERTIFICATE-----',
    ),
  ),
  user: v.pipe(v.string(), v.maxLength(200)),
  prefix: v.pipe(
    topic(100),
    v.nonEmpty(),
    v.check(slashless, 'topics begin with no $ and no slash, and end with none; + and # are no part of them'),
  ),
  discoveryPrefix: v.pipe(
    topic(100),
    v.check(slashless, 'topics begin with no $ and no slash, and end with none'),
  ),
  everyS: whole(1, 86_400),
} satisfies Record<keyof MqttSettings, v.GenericSchema>);
const password = v.pipe(
  text(200),
  v.check((given) => new TextEncoder().encode(given).length <= 400, 'a password is of 400 bytes at most'),
);

export const publishRequests = {
  'publish.prometheus': forViewers(none),
  /** Switching it on draws a new token; one from before is worth nothing then. */
  'publish.switchPrometheus': forOperators(v.strictObject({ on: v.boolean() })),
  /** Scrapes the lab itself, over the address that it is served at. */
  'publish.testPrometheus': forOperators(none),
  /** As a scraper, which has a token of its own and no role. */
  'publish.scrape': forViewers(v.strictObject({ token: text(200) })),
  'publish.mqtt': forOperators(none),
  /** The password stays where it is left out, and goes where it is null. */
  'publish.setMqtt': forOperators(
    v.strictObject({ on: v.boolean(), settings: mqttSettings, password: v.optional(v.nullable(password)) }),
  ),
  /** Connects with what is set, on or off, and looks whether a message comes back. */
  'publish.testMqtt': forOperators(none),
} as const;

export interface PublishResults {
  'publish.prometheus': PrometheusSetting;
  'publish.switchPrometheus': PrometheusSetting;
  'publish.testPrometheus': PublishTest;
  'publish.scrape': Scrape;
  'publish.mqtt': MqttState;
  'publish.setMqtt': MqttState;
  'publish.testMqtt': PublishTest;
}

export interface PublishEvents {
  /** The connection to the broker is another than before: whoever shows it asks again. */
  mqtt: null;
}
