/** What the lab tells other programs: this room's part of the contract. */
import * as v from 'valibot';
import { forOperators, forViewers } from '../contract/roles.ts';
import { none, text } from '../contract/schemas.ts';

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

export const publishRequests = {
  'publish.prometheus': forViewers(none),
  /** Switching it on draws a new token; one from before is worth nothing then. */
  'publish.switchPrometheus': forOperators(v.strictObject({ on: v.boolean() })),
  /** Scrapes the lab itself, over the address that it is served at. */
  'publish.testPrometheus': forOperators(none),
  /** As a scraper, which has a token of its own and no role. */
  'publish.scrape': forViewers(v.strictObject({ token: text(200) })),
} as const;

export interface PublishResults {
  'publish.prometheus': PrometheusSetting;
  'publish.switchPrometheus': PrometheusSetting;
  'publish.testPrometheus': PublishTest;
  'publish.scrape': Scrape;
}
