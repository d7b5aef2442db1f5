/** `POST /sign-in`: a password comes, a token of this launch and its role go. */
import type { IncomingMessage } from 'node:http';
import * as v from 'valibot';
import type { SignIn } from './sign-in.ts';

export interface SignInReply {
  status: number;
  headers: Record<string, string>;
  body: { token: string; role: string } | { message: string };
}

const bodySchema = v.strictObject({ password: v.pipe(v.string(), v.maxLength(1000)) });
const mostBytes = 8192;

/** @throws CurlewError where the passwords cannot be read */
export async function answerSignIn(request: IncomingMessage, signIn: SignIn): Promise<SignInReply> {
  const password = await passwordOf(request);
  if (password === null) return said(400, 'This is no password as the page sends it.');
  const answer = await signIn.signIn(password, request.socket.remoteAddress ?? '');
  if (answer === 'wrong') return said(403, 'This password is wrong.');
  if ('waitMs' in answer) {
    const seconds = Math.ceil(answer.waitMs / 1000);
    return said(429, `Too many passwords were tried: try again in ${seconds} s.`, {
      'Retry-After': `${seconds}`,
    });
  }
  return { status: 200, headers: {}, body: answer };
}

const said = (status: number, message: string, headers: Record<string, string> = {}): SignInReply => ({
  status,
  headers,
  body: { message },
});

async function passwordOf(request: IncomingMessage): Promise<string | null> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > mostBytes) return null;
    parts.push(part);
  }
  try {
    const body = v.safeParse(bodySchema, JSON.parse(Buffer.concat(parts).toString()));
    return body.success ? body.output.password : null;
  } catch {
    return null;
  }
}
