/**
 * Which device is behind a port: by what it sends by itself, then by what it answers to each greeting in turn. All that
 * is sent to it is a question that changes nothing. Every wait has an end, and of what comes only the beginning is kept.
 */
import { CurlewError } from '../../../main/contract/error.ts';
import { createSmpClient, type SmpClient } from '../../protocol/client.ts';
import type { Clock } from '../../protocol/clock.ts';
import { boardInfo } from '../../protocol/messages/board-info.ts';
import { osParameters } from '../../protocol/messages/os-parameters.ts';
import { writeInTime } from '../../protocol/write-in-time.ts';
import type { ByteStream } from '../port.ts';
import { command } from '../ppk2/commands.ts';
import { deviceOf, isNamed, type Device } from './device.ts';
import { Heard, heardAs } from './heard.ts';

const listenMs = 250;
const answerMs = 400;
const lookMs = 20;
const keptBytes = 2048;
/** More a second than an idle device says: it is not waited for the end of that. */
const babbleBytesPerMs = 4;
/** At which devices are met that another rate does not reach. */
const usualRates = [115_200, 921_600, 9600];

/** The name of a board under test, and a line alone, for a prompt. */
const questions = [
  command.metadata,
  ...['\r\n%name%', '\r\n'].map((text) => Uint8Array.from(text, (letter) => letter.charCodeAt(0))),
];

/**
 * @param stream open, and nobody else's; it may be at another rate afterwards
 * @throws CurlewError PORT_LOST, PORT_FAILED, ABORTED
 */
export async function identify(
  stream: ByteStream,
  where: string,
  clock: Clock,
  signal?: AbortSignal,
): Promise<Device> {
  const heard = new Heard(clock, keptBytes);
  const asker = new Asker(stream, where, clock, heard, signal);
  const off = stream.onData((bytes) => heard.take(bytes));
  try {
    const device = await atSomeRate(stream, asker);
    if (device.kind === 'ppk2') await writeInTime(stream, command.stop, where, clock);
    return device;
  } catch (thrown) {
    if (thrown instanceof CurlewError && thrown.code === 'BOARD_SILENT') return deviceOf('silent');
    throw thrown;
  } finally {
    off();
  }
}

async function atSomeRate({ rate }: ByteStream, asker: Asker): Promise<Device> {
  const first = await asker.ask();
  if (!rate || isNamed(first)) return first;
  for (const baud of usualRates.filter((one) => one !== rate.baud)) {
    await rate.set(baud);
    const device = await asker.ask();
    if (isNamed(device)) return device;
  }
  return first;
}

class Asker {
  private readonly client: SmpClient;

  constructor(
    private readonly stream: ByteStream,
    private readonly where: string,
    private readonly clock: Clock,
    private readonly heard: Heard,
    private readonly signal: AbortSignal | undefined,
  ) {
    this.client = createSmpClient(stream, where, clock);
  }

  /** At the rate that the line has now. */
  async ask(): Promise<Device> {
    const { heard } = this;
    const baud = this.stream.rate?.baud ?? null;
    heard.forget();
    await this.clock.sleep(listenMs, this.signal);
    let said = this.judge();
    if (said && (isNamed(said) || said.kind === 'babble')) return { ...said, baud };
    const speaks = await this.asSmp();
    if (speaks) return { ...speaks, baud };
    for (const question of questions) {
      // A greeting in one device's words may set off another: the first bytes of SMP's start a kit.
      said = this.judge() ?? said;
      if (said && isNamed(said)) return { ...said, baud };
      heard.forget();
      await writeInTime(this.stream, question, this.where, this.clock);
      const answer = await this.answer(question);
      if (answer && isNamed(answer)) return { ...answer, baud };
      said ??= answer;
    }
    return said ? { ...said, baud } : deviceOf('silent');
  }

  private async asSmp(): Promise<Device | null> {
    const options = { timeoutMs: answerMs, retries: 1, ...(this.signal && { signal: this.signal }) };
    const isThere = await this.client.request(osParameters, undefined, options).then(() => true, answers);
    if (!isThere) return null;
    try {
      const { name } = await this.client.request(boardInfo, undefined, options);
      return deviceOf('curlew', { detail: name });
    } catch (thrown) {
      answers(thrown);
      return deviceOf('smp');
    }
  }

  private async answer(question: Uint8Array): Promise<Device | null> {
    const endMs = this.clock.nowMs() + answerMs;
    for (;;) {
      const said = this.judge();
      const late = this.clock.nowMs() >= endMs;
      if (said && (late || isNamed(said))) {
        return isEchoOf(question, this.heard.bytes) ? deviceOf('loop') : said;
      }
      if (late) return null;
      await this.clock.sleep(lookMs, this.signal);
    }
  }

  private judge(): Device | null {
    const { heard } = this;
    if (heard.total === 0) return null;
    const said = heardAs(heard.bytes);
    if (isNamed(said) || heard.total < babbleBytesPerMs * listenMs) return said;
    return deviceOf('babble', { detail: said.what });
  }
}

const isEchoOf = (question: Uint8Array, bytes: Uint8Array): boolean =>
  question.length > 2 && question.every((byte, at) => bytes[at] === byte) && bytes.length <= question.length;

/** Whether a request failed in a way that only who speaks SMP fails. @throws what is no answer at all */
function answers(thrown: unknown): boolean {
  const code = thrown instanceof CurlewError ? thrown.code : 'INTERNAL';
  if (code === 'BOARD_REFUSED' || code === 'BOARD_BAD_REPLY') return true;
  if (code === 'BOARD_SILENT') return false;
  throw thrown;
}

/** @returns that something else is there than what was looked for, and what to do */
export function otherDevice(device: Device, where: string): CurlewError {
  const at = device.baud === null ? '' : ` at ${device.baud} baud`;
  const code = isNamed(device) ? 'PORT_OTHER' : device.kind === 'silent' ? 'BOARD_SILENT' : 'BOARD_GARBAGE';
  const sentence =
    device.kind === 'silent'
      ? `Nothing answers at ${where}, however it is asked.`
      : `What is at ${where} is ${device.what}${isNamed(device) ? at : ''}.`;
  return new CurlewError(code, `${sentence} ${device.advice}`, { port: where, device });
}
