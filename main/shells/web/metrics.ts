/** `GET /metrics`: a token comes, what boards did goes, for Prometheus. */
import type { IncomingMessage } from 'node:http';
import type { Scrape } from '../../publish/contract.ts';
import type { ServedLab } from '../lab-socket.ts';

export interface MetricsReply {
  status: number;
  headers: Record<string, string>;
  body: string;
}

const plain = { 'Content-Type': 'text/plain; charset=utf-8' };

export async function answerMetrics(
  { headers }: IncomingMessage,
  lab: Pick<ServedLab, 'handle'>,
): Promise<MetricsReply> {
  const token = /^Bearer ([\w-]{1,200})$/.exec(headers.authorization ?? '')?.[1] ?? 'none';
  const message = { type: 'request', id: 1, name: 'publish.scrape', params: { token } };
  const reply = await lab.handle(message, 'viewer');
  if (!reply.ok) return { status: 500, headers: plain, body: `${reply.error.message}\n` };
  const { outcome, text } = reply.result as Scrape;
  if (outcome === 'told')
    return {
      status: 200,
      headers: { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' },
      body: text,
    };
  if (outcome === 'off') return { status: 404, headers: plain, body: 'There is nothing here.' };
  return {
    status: 401,
    headers: { ...plain, 'WWW-Authenticate': 'Bearer' },
    body: 'Give the token that switching Prometheus on has told, as a bearer token.\n',
  };
}
