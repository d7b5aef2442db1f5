/** Who may ask for what: each request names the least role that may make it, beside its parameters. */
import type * as v from 'valibot';

/**
 * From the least on. A viewer looks at what the lab knows: boards, results, jobs, banks. An operator also changes
 * it and opens files of its folders. A local operator works through the lab's own window, or a browser that holds the
 * token of the launch: they also say which folders those are, and where the lab's data lies. The owner is at the command
 * line, and may open whatever path they type: they may read it anyway.
 */
export const roles = ['viewer', 'operator', 'local', 'owner'] as const;
export type Role = (typeof roles)[number];

/** Where a person asked from, as far as the shell that carried the message knows. */
export type Asker = 'page' | 'window' | 'command line';

export interface RequestPart<S extends v.GenericSchema = v.GenericSchema> {
  params: S;
  least: Role;
}

/** Tells what the lab knows; changes nothing, and opens no file but the lab's own. */
export const forViewers = <const S extends v.GenericSchema>(params: S): RequestPart<S> => ({
  params,
  least: 'viewer',
});

export const forOperators = <const S extends v.GenericSchema>(params: S): RequestPart<S> => ({
  params,
  least: 'operator',
});

export const forLocals = <const S extends v.GenericSchema>(params: S): RequestPart<S> => ({
  params,
  least: 'local',
});

export const mayAsk = (role: Role, least: Role): boolean => roles.indexOf(role) >= roles.indexOf(least);
