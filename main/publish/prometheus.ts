/** Whether Prometheus may scrape, and who may: whoever holds the token, of which a hash is kept. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { CurlewError } from '../contract/error.ts';
import type { PrometheusSetting, PublishTest, Scrape } from '../contract/types.ts';
import { readWhole } from '../regular-file.ts';
import { writeDurably } from '../write-durably.ts';
import { scrapeItself, type ServedPlace } from './scrape-itself.ts';

const keptSchema = v.strictObject({ tokenSha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)) });
const mostBytes = 1000;
const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

const drawToken = (): string => randomBytes(24).toString('base64url');

/** Every method throws CurlewError FILE_DAMAGED, FILE_UNREADABLE of what is kept. */
export class Prometheus {
  private readonly path: string;
  /** Hashes of tokens that are good as long as the lab tries itself. */
  private readonly trying = new Set<Buffer>();

  /**
   * @param served where the lab is served at the moment; null for nowhere
   * @param metrics made when somebody who may have them asks
   */
  constructor(
    dataFolder: string,
    private readonly served: () => ServedPlace | null,
    private readonly metrics: () => Promise<string>,
  ) {
    this.path = join(dataFolder, 'prometheus.json');
  }

  async setting(): Promise<PrometheusSetting> {
    return this.told((await this.kept()) !== null, null);
  }

  /** The token is random, of 192 bits: what is kept of it needs no slow hash. */
  async turn(on: boolean): Promise<PrometheusSetting> {
    if (!on) {
      await rm(this.path, { force: true });
      return this.told(on, null);
    }
    const token = drawToken();
    await writeDurably(this.path, JSON.stringify({ tokenSha256: sha256(token).toString('hex') }));
    return this.told(on, token);
  }

  /** What a scrape brings, by HTTP: the token that is kept is not known here, so another one is good meanwhile. */
  async test(): Promise<PublishTest> {
    if ((await this.kept()) === null)
      return { ok: false, text: 'Nothing is served to Prometheus: switch it on first.' };
    const place = this.served();
    if (place === null) {
      const text =
        'This lab is served at no address, so that nothing can scrape it: open it by “curlew serve”.';
      return { ok: false, text };
    }
    const token = drawToken();
    const hash = sha256(token);
    this.trying.add(hash);
    try {
      return await scrapeItself(place, token);
    } finally {
      this.trying.delete(hash);
    }
  }

  async scrape(token: string): Promise<Scrape> {
    const kept = await this.kept();
    if (kept === null) return { outcome: 'off', text: null };
    const given = sha256(token);
    if (![kept, ...this.trying].some((good) => timingSafeEqual(good, given)))
      return { outcome: 'refused', text: null };
    return { outcome: 'told', text: await this.metrics() };
  }

  private told(on: boolean, token: string | null): PrometheusSetting {
    const place = this.served();
    return { on, token, address: place && `${place.address}/metrics` };
  }

  private async kept(): Promise<Buffer | null> {
    let text: string;
    try {
      text = (await readWhole(this.path, mostBytes, 'a setting')).toString();
    } catch (thrown) {
      if (thrown instanceof CurlewError && thrown.code === 'FILE_NOT_FOUND') return null;
      throw thrown;
    }
    try {
      return Buffer.from(v.parse(keptSchema, JSON.parse(text)).tokenSha256, 'hex');
    } catch (thrown) {
      throw new CurlewError(
        'FILE_DAMAGED',
        `${this.path} is damaged. Switch Prometheus off and on again, which makes a new token.`,
        { path: this.path },
        { cause: thrown },
      );
    }
  }
}
