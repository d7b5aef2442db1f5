/** From a message to a reply: checks the envelope, the role and the parameters, calls the handler, maps what it throws. */
import * as v from 'valibot';
import { CurlewError, toCurlewError } from './contract/error.ts';
import { requests, type RequestName, type RequestResult } from './contract/requests.ts';
import { mayAsk, type Asker, type Role } from './contract/roles.ts';
import { isRequestName, requestMessageSchema, type ReplyMessage } from './contract/wire.ts';

export type Handlers = {
  [N in RequestName]: (
    params: v.InferOutput<(typeof requests)[N]['params']>,
    role: Role,
    by?: Asker | null,
  ) => Promise<RequestResult<N>> | RequestResult<N>;
};

/** The handlers of one room's part of the contract, by its requests. */
export type HandlersOf<Requests> = Pick<Handlers, keyof Requests & RequestName>;

/**
 * Never rejects: whatever is wrong comes back as an error reply.
 * @param role of whoever sent the message, as the shell that carried it knows them
 * @param by where they asked from, where that is known
 * @param onUnforeseen told of what a handler threw that has no code of its own (INTERNAL), and of the request
 */
export async function dispatch(
  handlers: Handlers,
  message: unknown,
  role: Role,
  by: Asker | null = null,
  onUnforeseen: (error: CurlewError, request: string) => void = () => undefined,
): Promise<ReplyMessage> {
  const envelope = v.safeParse(requestMessageSchema, message);
  if (!envelope.success) {
    const id = (message as { id?: unknown } | null)?.id;
    return failed(typeof id === 'number' ? id : -1, invalid('a message', envelope.issues));
  }
  const { id, name, params } = envelope.output;
  try {
    if (!isRequestName(name)) {
      throw new CurlewError(
        'REQUEST_UNKNOWN',
        `The lab knows no request “${name}”; the page may be of another version.`,
      );
    }
    return { type: 'reply', id, ok: true, result: await call(handlers, name, params, role, by) };
  } catch (thrown) {
    const error = toCurlewError(thrown);
    if (error.code === 'INTERNAL') onUnforeseen(error, name);
    return failed(id, error);
  }
}

function call<N extends RequestName>(
  handlers: Handlers,
  name: N,
  params: unknown,
  role: Role,
  by: Asker | null,
): Promise<RequestResult<N>> | RequestResult<N> {
  if (!mayAsk(role, requests[name].least)) {
    throw new CurlewError(
      'NOT_PERMITTED',
      `You may look at this lab, not change it or open its files: “${name}” is for its operators.`,
      { name, role },
    );
  }
  const checked = v.safeParse(requests[name].params, params);
  if (!checked.success) throw invalid(`“${name}”`, checked.issues);
  const handler = handlers[name] as (
    params: unknown,
    role: Role,
    by: Asker | null,
  ) => Promise<RequestResult<N>> | RequestResult<N>;
  return handler(checked.output, role, by);
}

function invalid(what: string, issues: v.BaseIssue<unknown>[]): CurlewError {
  const [first] = issues;
  // A check of our own says in a sentence what is wrong; what a request is called is nothing to who reads it.
  if (first?.type === 'check') return new CurlewError('REQUEST_INVALID', first.message);
  const where = first ? v.getDotPath(first) : null;
  return new CurlewError(
    'REQUEST_INVALID',
    `${where ? `“${where}”` : what} is not as it should be: ${first?.message ?? 'unknown'}.`,
  );
}

function failed(id: number, { code, message, context }: CurlewError): ReplyMessage {
  return { type: 'reply', id, ok: false, error: { code, message, context: plain(context) } };
}

/** Context as every transport can carry it; facts that are no JSON are left out, rather than the sentence lost. */
function plain(context: Readonly<Record<string, unknown>>): Record<string, unknown> {
  try {
    return JSON.parse(JSON.stringify(context)) as Record<string, unknown>;
  } catch {
    return {};
  }
}
