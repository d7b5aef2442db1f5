/** The machines of QEMU that the firmware is built for (devices/firmware/ports/mps), and what each stands for. */
import { CurlewError } from '../../../main/contract/error.ts';
import { boardProfile, type BoardProfile } from '../profiles.ts';

export interface EmulatedMachine {
  /** QEMU's name, and the firmware's. */
  readonly name: string;
  /** For a person. */
  readonly title: string;
  /** Where the firmware looks for its parameters: MACHINE_PARAMETERS of ports/mps/machine.h. */
  readonly parametersAddress: number;
  /** That QEMU gives it behind MACHINE_MEMORY, and no other. */
  readonly memoryBytes: number;
  /** A typical part with this core, unless another is asked for. */
  readonly profile: BoardProfile;
}

const machine = (
  name: string,
  core: string,
  parametersAddress: number,
  memoryBytes: number,
  profile: string,
): EmulatedMachine => ({
  name,
  title: `${core} on QEMU (${name})`,
  parametersAddress,
  memoryBytes,
  profile: boardProfile(profile),
});

export const emulatedMachines: readonly EmulatedMachine[] = [
  machine('mps2-an385', 'Cortex-M3', 0x21800000, 2 ** 24, 'mps2-an385-25mhz'),
  machine('mps2-an386', 'Cortex-M4F', 0x21800000, 2 ** 24, 'stm32l4r5-120mhz'),
  machine('mps2-an500', 'Cortex-M7F', 0x60800000, 2 ** 24, 'stm32h7a3-280mhz'),
  machine('mps3-an547', 'Cortex-M55 with Helium', 0x60800000, 2 ** 31, 'ensemble-e3-160mhz'),
];

/** @throws CurlewError REQUEST_INVALID for a name that is none of the machines' */
export function emulatedMachine(name: string): EmulatedMachine {
  const found = emulatedMachines.find((one) => one.name === name);
  if (found) return found;
  const names = emulatedMachines.map((one) => one.name).join(', ');
  throw new CurlewError('REQUEST_INVALID', `There is no emulated board “${name}”. There are: ${names}.`, {
    name,
  });
}
