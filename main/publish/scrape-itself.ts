/** The lab scrapes itself as Prometheus would, over the address that it is served at, and says what came back. */
import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { bytes, count, inOne } from '../contract/figures.ts';
import type { PublishTest } from '../contract/types.ts';

/** Where a lab is served. */
export interface ServedPlace {
  /** `http://HOST:PORT`, or `https:` */
  address: string;
  /** PEM of the lab's own certificate, which alone is trusted; null without TLS. */
  certificate: string | null;
}

interface Answer {
  status: number;
  body: string;
  ms: number;
}

const patienceMs = 30_000;

/** Never rejects. @param token of which the lab knows */
export async function scrapeItself(
  { address, certificate }: ServedPlace,
  token: string,
): Promise<PublishTest> {
  const url = `${address}/metrics`;
  try {
    const { status, body, ms } = await ask(url, certificate, token);
    if (status !== 200) return { ok: false, text: `${url} answered ${status}: ${body.trim().slice(0, 200)}` };
    const samples = body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    const boards = new Set(samples.map((line) => /[{,]board="([^"]*)"/.exec(line)?.[1]));
    boards.delete(undefined);
    const size = inOne(bytes(Buffer.byteLength(body)));
    const amount = `${count(samples.length, 'sample')} of ${count(boards.size, 'board')}`;
    return { ok: true, text: `${url} answered 200 with ${amount}, ${size}, in ${Math.ceil(ms)} ms.` };
  } catch (thrown) {
    return { ok: false, text: `${url} did not answer: ${(thrown as Error).message}.` };
  }
}

function ask(url: string, certificate: string | null, token: string): Promise<Answer> {
  const began = performance.now();
  const options = { agent: false, headers: { Authorization: `Bearer ${token}` }, timeout: patienceMs };
  return new Promise((resolve, reject) => {
    const asked =
      certificate === null ? plainRequest(url, options) : secureRequest(url, { ...options, ca: certificate });
    asked.on('timeout', () => asked.destroy(new Error(`nothing came for ${patienceMs / 1000} s`)));
    asked.on('error', reject);
    asked.on('response', (response) => {
      const pieces: Buffer[] = [];
      response.on('error', reject);
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          body: Buffer.concat(pieces).toString(),
          ms: performance.now() - began,
        }),
      );
    });
    asked.end();
  });
}
