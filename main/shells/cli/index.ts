/** `curlew COMMAND`: the same lab on the command line. Exit code 0 for success, 1 for a failure said in a sentence. */
import type { LabClient } from '../../contract/client.ts';
import { CurlewError, toCurlewError } from '../../contract/error.ts';
import { help, readArgs, type Args } from './args.ts';
import { boards, deploy, infer, telemetry, type Answer } from './commands/board.ts';
import { boardControl } from './commands/board-control.ts';
import { classify } from './commands/classify.ts';
import { demo } from './commands/demo.ts';
import { key } from './commands/key.ts';
import { serve } from './commands/serve.ts';
import { backup, restore } from './commands/store.ts';
import { encoder, evaluate, experts, jobs, train } from './commands/study.ts';
import { connectCli } from './connect.ts';
import { tellLosses } from '../tell-losses.ts';

const commands: Record<string, (client: LabClient, args: Args) => Promise<Answer>> = {
  boards,
  deploy,
  infer,
  telemetry,
  classify,
  key,
  board: boardControl,
  experts,
  train,
  evaluate,
  encoder,
  jobs,
  backup,
};

async function main(argv: string[]): Promise<number> {
  let json = argv.includes('--json');
  try {
    const args = readArgs(argv);
    json = args.json;
    if (args.options.help || args.command === '') {
      process.stdout.write(help);
      return args.options.help ? 0 : 1;
    }
    if (args.command === 'serve') return await serve(args);
    if (args.command === 'demo') return await demo(args);
    if (args.command === 'restore') {
      print(await restore(args), json);
      return 0;
    }
    const command = commands[args.command];
    if (!command)
      throw new CurlewError('REQUEST_UNKNOWN', `There is no command “${args.command}”. See “curlew --help”.`);
    const lab = await connectCli(args.dataFolder);
    try {
      await tellLosses(lab.client);
      print(await command(lab.client, args), json);
    } finally {
      await lab.close();
    }
    return 0;
  } catch (thrown) {
    const { code, message, context } = toCurlewError(thrown);
    if (json) process.stdout.write(`${JSON.stringify({ error: { code, message, context } })}\n`);
    else process.stderr.write(`curlew: ${message}\n`);
    return 1;
  }
}

function print(answer: Answer, json: boolean): void {
  process.stdout.write(json ? `${JSON.stringify(answer.json)}\n` : `${answer.text}\n`);
}

// Worker threads and native bindings may hold the process open; every file is closed by now.
process.exit(await main(process.argv.slice(2)));
