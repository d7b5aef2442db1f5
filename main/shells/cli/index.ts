/** `curlew COMMAND`: the same lab on the command line. What the process ends with: see `exit.ts`. */
import { CurlewError, toCurlewError } from '../../contract/error.ts';
import { settleData } from '../../data/move.ts';
import { closeLabs } from '../../lab.ts';
import { resources, versionOf } from '../../resources.ts';
import { guardProcess } from '../guard-process.ts';
import { tellLosses } from '../tell-losses.ts';
import { readArgs } from './args.ts';
import type { Answer, Args, Command } from './command.ts';
import { commands } from './commands.ts';
import { connectCli } from './connect.ts';
import { exit, exitOfError } from './exit.ts';
import { helpOf } from './help.ts';
import { print } from './output.ts';
import { visible } from './visible.ts';

async function main(argv: string[]): Promise<number> {
  const json = argv.includes('--json');
  try {
    const asked = readArgs(argv, commands);
    const command = commands[asked.command];
    if (asked.options.version) return print(versionAnswer(), asked);
    if (asked.options.help || !command) {
      process.stdout.write(helpOf(asked.command.split(' ').filter(Boolean), commands));
      return asked.options.help ? exit.done : exit.usage;
    }
    // Where the data lies, which may have been moved, or is to be.
    const dataFolder = await settleData(asked.dataFolder, tell);
    const args = { ...asked, dataFolder };
    await command.check?.(args);
    return command.alone ? await command.alone(args) : await onLab(command, args);
  } catch (thrown) {
    const error = toCurlewError(thrown);
    const { code, message, context } = error;
    if (json) process.stdout.write(`${JSON.stringify({ error: { code, message, context } })}\n`);
    else process.stderr.write(`curlew: ${visible(message)}\n`);
    return exitOfError(error);
  }
}

const tell = (sentence: string): boolean => process.stderr.write(`curlew: ${visible(sentence)}\n`);

function versionAnswer(): Answer {
  const version = versionOf(resources.root);
  return { text: `curlew ${version}`, json: { name: 'curlew', version } };
}

async function onLab({ run }: Command, args: Args): Promise<number> {
  if (!run) throw new CurlewError('INTERNAL', `“curlew ${args.command}” does nothing.`);
  const lab = await connectCli(args.dataFolder);
  try {
    await tellLosses(lab.client);
    return print(await run(lab.client, args), args);
  } finally {
    await lab.close();
  }
}

guardProcess(process, {
  close: closeLabs,
  end(sentence, code) {
    process.stderr.write(`curlew: ${visible(sentence)}\n`);
    process.exit(code);
  },
});

// Worker threads and native bindings may hold the process open; every file is closed by now.
process.exit(await main(process.argv.slice(2)));
