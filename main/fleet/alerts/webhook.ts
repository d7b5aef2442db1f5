/**
 * Messages of alerts to an address that a person gave: JSON by POST, one message after another. Off until it is switched
 * on. Nothing waits for it: what cannot be sent is tried again, later each time, and given up and counted in the end.
 */
import type { Clock } from '../../../devices/protocol/clock.ts';
import { CurlewError } from '../../contract/error.ts';
import { count } from '../../contract/figures.ts';
import type { AlertStore } from '../../store/alert-store.ts';
import type { AlertChange } from './alerts.ts';
import type { WebhookState, WebhookTest } from './contract/alerts.ts';
import { messagesOf, type AlertMessage } from './message.ts';

/** An answer takes no longer, milliseconds; and as much of it is read, bytes. */
const answerWithinMs = 10_000;
const answerBytes = 400;
/** Waits between tries, milliseconds; after the last one the message is given up. */
const pauses = [2_000, 10_000, 60_000, 300_000, 900_000] as const;
/** Messages that wait; the oldest makes way for a new one. */
const mostWaiting = 500;
/** Alerts in one message. */
const mostAlerts = 50;

interface Context {
  store: Pick<AlertStore, 'webhook' | 'keepWebhook'>;
  clock: Clock;
  /** The platform's own; tests give it a server of theirs. */
  fetch: typeof fetch;
  /** Of whom messages are, with the version. */
  program: string;
}

export class Webhook {
  /** Bodies of messages. */
  private queue: string[] = [];
  /** One is on its way, or waits to be tried again. */
  private busy = false;
  private sending: Promise<void> | null = null;
  private stopping = new AbortController();
  private readonly told = { sent: 0, failed: 0, dropped: 0, last: null as string | null };

  private constructor(
    private readonly context: Context,
    private on: boolean,
    private url: string,
  ) {}

  /** @throws CurlewError of the store */
  static async open(context: Context): Promise<Webhook> {
    const { on, url } = await context.store.webhook();
    return new Webhook(context, on, url);
  }

  get state(): WebhookState {
    return { on: this.on, url: this.url, ...this.told, waiting: this.queue.length + Number(this.busy) };
  }

  /** What waits for the address before is dropped with a change. @throws CurlewError REQUEST_INVALID; of the store */
  async set(on: boolean, url = this.url): Promise<WebhookState> {
    if (on || url !== '') checked(url);
    await this.context.store.keepWebhook({ on, url });
    if (!on || url !== this.url) await this.stop();
    this.on = on;
    this.url = url;
    return this.state;
  }

  tell(changes: readonly AlertChange[]): void {
    if (!this.on) return;
    const wanted = messagesOf(changes);
    for (let from = 0; from < wanted.length; from += mostAlerts) {
      this.queue.push(this.bodyOf(wanted.slice(from, from + mostAlerts)));
      if (this.queue.length <= mostWaiting) continue;
      this.queue.shift();
      this.told.dropped++;
    }
    this.sendNext();
  }

  /** @throws CurlewError REQUEST_INVALID */
  async test(url = this.url): Promise<WebhookTest> {
    const address = checked(url);
    const text = 'A test of Curlew: alerts of your boards will come here.';
    const answer = await this.post(
      address,
      JSON.stringify({ program: this.context.program, text, alerts: [] }),
    );
    return { ...answer, ok: isTaken(answer.status) };
  }

  async close(): Promise<void> {
    await this.stop();
  }

  private async stop(): Promise<void> {
    this.on = false;
    this.stopping.abort();
    this.told.dropped += this.queue.length;
    this.queue = [];
    await this.sending;
    this.stopping = new AbortController();
  }

  private bodyOf(alerts: readonly AlertMessage[]): string {
    const lines = alerts.map(({ what, text }) => (what === 'cleared' ? `Cleared: ${text}` : text));
    const text =
      lines.length > 3
        ? `${lines.slice(0, 3).join('\n')}\nand ${count(lines.length - 3, 'other')}`
        : lines.join('\n');
    return JSON.stringify({ program: this.context.program, text, alerts });
  }

  private sendNext(): void {
    this.sending ??= this.send().finally(() => {
      this.sending = null;
      if (this.queue.length > 0) this.sendNext();
    });
  }

  private async send(): Promise<void> {
    const { signal } = this.stopping;
    for (let body = this.queue.shift(); body !== undefined && !signal.aborted; body = this.queue.shift()) {
      this.busy = true;
      const taken = await this.tryUntilTaken(body, signal);
      this.busy = false;
      if (signal.aborted) this.told.dropped++;
      else if (taken) this.told.sent++;
      else this.told.failed++;
    }
  }

  private async tryUntilTaken(body: string, signal: AbortSignal): Promise<boolean> {
    for (let tries = 0; !signal.aborted; tries++) {
      const { status, text } = await this.post(new URL(this.url), body);
      this.told.last = text;
      if (isTaken(status)) return true;
      const pause = pauses[tries];
      // What is refused for good is refused again.
      if (pause === undefined || isRefused(status)) return false;
      await this.context.clock.sleep(pause, signal).catch(() => undefined);
    }
    return false;
  }

  private async post(url: URL, body: string): Promise<Pick<WebhookTest, 'status' | 'text'>> {
    const ending = new AbortController();
    const end = (): void => ending.abort();
    const takeBack = this.context.clock.after(answerWithinMs, end);
    this.stopping.signal.addEventListener('abort', end);
    try {
      const answer = await this.context.fetch(url, {
        ...{ method: 'POST', body, redirect: 'manual', signal: ending.signal },
        headers: { 'content-type': 'application/json' },
      });
      return { status: answer.status, text: textOf(answer, await beginningOf(answer)) };
    } catch (thrown) {
      const why = ending.signal.aborted ? `no answer within ${answerWithinMs / 1000} s` : reasonOf(thrown);
      return { status: null, text: `${url.host} could not be reached: ${why}.` };
    } finally {
      takeBack();
      this.stopping.signal.removeEventListener('abort', end);
    }
  }
}

const isTaken = (status: number | null): boolean => status !== null && status >= 200 && status < 300;
/** But for those that say “later”. */
const isRefused = (status: number | null): boolean =>
  status !== null && status >= 300 && status < 500 && status !== 408 && status !== 425 && status !== 429;

function textOf({ status, statusText, headers }: Response, said: string): string {
  const code = `${status}${statusText === '' ? '' : ` ${statusText}`}`;
  if (status >= 300 && status < 400)
    return `It answered ${code}, to ${headers.get('location') ?? 'nowhere'}: redirects are not followed, give the address itself.`;
  const what = said === '' ? '.' : `: “${said}”`;
  return `${isTaken(status) ? 'It was taken' : 'It was refused'} (${code})${what}`;
}

async function beginningOf(answer: Response): Promise<string> {
  if (!answer.body) return '';
  const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
  const pieces: Uint8Array[] = [];
  let length = 0;
  while (length < answerBytes) {
    const { done, value } = await reader.read();
    if (done) break;
    pieces.push(value);
    length += value.length;
  }
  await reader.cancel().catch(() => undefined);
  const text = new TextDecoder().decode(Buffer.concat(pieces).subarray(0, answerBytes));
  return text.replaceAll(/\p{Cc}+/gu, ' ').trim();
}

function reasonOf(thrown: unknown): string {
  const cause = (thrown as Error).cause;
  return cause instanceof Error && cause.message !== '' ? cause.message : (thrown as Error).message;
}

/** @throws CurlewError REQUEST_INVALID */
function checked(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw new CurlewError('REQUEST_INVALID', `“${text}” is no address that begins with http:// or https://.`);
  if (url.username !== '' || url.password !== '')
    throw new CurlewError('REQUEST_INVALID', 'An address with a name or a password in it is not sent to.');
  return url;
}
