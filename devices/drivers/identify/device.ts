/** What a port can turn out to lead to, in words. */

export type DeviceKind =
  /** Instruments, and what else has a name; see `isNamed`. */
  | 'curlew'
  | 'smp'
  | 'ppk2'
  | 'mlperf-tiny'
  | 'shell'
  | 'modem'
  | 'satellite'
  | 'loop'
  /** It sends, and what that is cannot be told. */
  | 'text'
  | 'constant'
  | 'bytes'
  | 'babble'
  | 'silent';

export interface Device {
  kind: DeviceKind;
  /** For the end of a sentence: “a Power Profiler Kit 2”. */
  what: string;
  /** A sentence: what to do. */
  advice: string;
  /** At which it answered; null where its line has no rate, or nothing did. */
  baud: number | null;
}

const words: Readonly<Record<DeviceKind, readonly [what: string, advice: string]>> = {
  curlew: ['a Curlew board', 'Attach it in Fleet.'],
  smp: ['a device that speaks SMP, without Curlew’s firmware', 'Open it in Devices, or with “curlew smp”.'],
  ppk2: ['a Power Profiler Kit 2', 'Open it in Power.'],
  'mlperf-tiny': ['a board under an MLPerf Tiny test', 'Open it in MLPerf Tiny, or with “curlew tiny”.'],
  shell: [
    'a shell for commands that people type',
    'A device that has one often has a second port for programs: choose that one.',
  ],
  modem: ['a modem, or something that takes AT commands', 'Choose another port.'],
  satellite: ['a satellite receiver (NMEA)', 'Choose another port.'],
  loop: [
    'a line that sends back what is sent to it',
    'Its two wires are joined, or a terminal echoes: connect a device.',
  ],
  text: ['something that sends text', 'Check that it runs the firmware that it should, and the baud rate.'],
  constant: ['a line that sends nothing but one byte', 'The device has no power, or another baud rate.'],
  bytes: ['something that sends other bytes', 'Check the baud rate, and that it is the right port.'],
  babble: [
    'something that sends without an end',
    'Unplug it, plug it in again, and check what it runs and the baud rate.',
  ],
  silent: ['nothing that answers', 'Check that it has power, and that it is the right port and baud rate.'],
};

export const deviceOf = (
  kind: DeviceKind,
  { detail, baud = null }: { detail?: string; baud?: number | null } = {},
): Device => {
  const [what, advice] = words[kind];
  return { kind, what: detail === undefined ? what : `${what} (${detail})`, advice, baud };
};

const unnamed: readonly DeviceKind[] = ['text', 'constant', 'bytes', 'babble', 'silent'];

/** It is something that can be told, and will be nothing else for being asked again. */
export const isNamed = ({ kind }: Device): boolean => !unnamed.includes(kind);
