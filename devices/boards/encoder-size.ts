/** What front end and encoder take on a Cortex-M4: their objects' code and constants, and their part of the board's RAM. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Objects of the log-mel, the encoder and the kernels that it runs on; others that happen to share one count too. */
const objects = [
  ...['features', 'spectrum', 'tables', 'fmath', 'encoder', 'encoder_rows', 'encoder_run'],
  ...['conv', 'depthwise', 'pool', 'requantize', 'window', 'linear'],
  ...['conv_dsp', 'depthwise_dsp', 'pool_dsp', 'linear_dsp'],
];

/** As core/curlew.c bounds it: samples, log-mel, embedding, the opened encoder, activations with their scratch. */
const ramOf = `#include "core/curlew.h"
char encoder_ram[sizeof(union cur_input) + sizeof((struct cur_board){0}.patch) +
                 sizeof((struct cur_board){0}.embedding) + sizeof(struct cur_encoder) +
                 sizeof(struct cur_encoder_work)];
`;

/** @param firmware devices/firmware @param build of the machine, with its objects */
export function encoderSizes(firmware: string, build: string): { flash: number; ram: number } {
  const table = execFileSync(
    'arm-none-eabi-size',
    objects.map((name) => join(build, `${name}.o`)),
    { encoding: 'utf8' },
  );
  const flash = table
    .trim()
    .split('\n')
    .slice(1)
    .reduce((sum, line) => sum + Number(line.trim().split(/\s+/)[0]), 0);
  const folder = mkdtempSync(join(tmpdir(), 'curlew-size-'));
  try {
    writeFileSync(join(folder, 'ram.c'), ramOf);
    const object = join(folder, 'ram.o');
    const flags = ['-mthumb', '-mcpu=cortex-m4', '-mfloat-abi=hard', '-mfpu=fpv4-sp-d16', '-std=c11'];
    execFileSync('arm-none-eabi-gcc', [...flags, `-I${firmware}`, '-c', join(folder, 'ram.c'), '-o', object]);
    const symbols = execFileSync('arm-none-eabi-nm', ['-S', object], { encoding: 'utf8' });
    return { flash, ram: parseInt(/ ([0-9a-f]+) \w encoder_ram/.exec(symbols)![1]!, 16) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
