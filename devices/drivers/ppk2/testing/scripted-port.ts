/** For tests: a scripted kit behind a port, without a pseudo-terminal between them; see testing/pseudo-terminal.ts for one. */
import type { Clock } from '../../../protocol/clock.ts';
import { peerPort } from '../../testing/scripted-port.ts';
import { ScriptedPpk2, type Script } from './scripted-ppk2.ts';

export const ppk2Port = (script: Script, clock: Clock) =>
  peerPort((send, hangUp) => new ScriptedPpk2(script, clock, send, hangUp));
