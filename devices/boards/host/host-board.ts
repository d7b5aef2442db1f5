/** The firmware as a process of this computer (built with sanitizers), on a pseudo-terminal. */
import type { ByteStream, Port } from '../../drivers/port.ts';
import { firmwareBuild } from '../build-files.ts';
import { openProgram } from '../child-process.ts';

export interface HostBoardOptions {
  name: string;
  /** 16 hexadecimal digits. */
  id: string;
  /** Keeps the flash; without it each open is a new board. */
  flashFile?: string;
  /** Plays over and over: 16 kHz mono, signed 16-bit little-endian. */
  audioFile?: string;
  /** What it draws of 3.3 V while it works and while it waits, microamperes: a simulated INA226 measures it. */
  draws?: { awake: number; asleep: number };
}

export function hostBoard(options: HostBoardOptions): Port {
  const id = `host:${options.name}`;
  return {
    id,
    kind: 'host',
    async open({ signal } = {}): Promise<ByteStream> {
      const command = firmwareBuild('curlew-host', 'host', 'make and gcc');
      const { flashFile, audioFile, draws } = options;
      return openProgram(
        {
          command,
          arguments: [
            ...['--name', options.name, '--id', options.id],
            ...(flashFile ? ['--flash', flashFile] : []),
            ...(audioFile ? ['--audio', audioFile] : []),
            ...(draws ? ['--ina226', `${draws.awake},${draws.asleep}`] : []),
          ],
          what: 'The board process',
          terminal: /^(\/dev\/\S+)\n/m,
          missing: `The board process ${command} is not there: run “make -C devices/firmware host”.`,
        },
        id,
        signal,
      );
    },
  };
}
