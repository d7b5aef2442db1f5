/** For tests: a scripted SMP device behind a port, without a pseudo-terminal between them. */
import type { Clock } from '../../../protocol/clock.ts';
import { peerPort } from '../../testing/scripted-port.ts';
import { ScriptedSmp, type Script } from './scripted-smp.ts';

export const smpPort = (script: Script, clock: Clock) =>
  peerPort((send) => new ScriptedSmp(script, clock, send));
