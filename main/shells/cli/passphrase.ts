/** A passphrase, as a person gives it: never a word of the command line, which others of the machine can read. */
import { createInterface } from 'node:readline';
import { resolve } from 'node:path';
import { CurlewError } from '../../contract/error.ts';
import { readWhole } from '../../regular-file.ts';
import type { Args } from './command.ts';

/**
 * From the file that is named, else from the terminal without showing it, else the first line of standard input.
 * @param what it is called where a person is asked for it
 * @param twice whether a terminal asks for it again, since nobody sees what is typed
 * @throws CurlewError REQUEST_INVALID where there is none, or the two differ; ABORTED for Ctrl-C
 */
export async function givenPassphrase(
  { options }: Pick<Args, 'options'>,
  { what = 'passphrase', twice }: { what?: 'passphrase' | 'password'; twice: boolean },
): Promise<string> {
  const path = options['passphrase-file'];
  if (path !== undefined) {
    const [line = ''] = (await readWhole(resolve(path), 10_000, `a ${what}`)).toString('utf8').split(/\r?\n/);
    return line;
  }
  if (!process.stdin.isTTY) return firstLine(what);
  const passphrase = await askHidden(`The ${what}: `, what);
  if (twice && (await askHidden('The same again: ', what)) !== passphrase) {
    throw new CurlewError('REQUEST_INVALID', `The two ${what}s differ. Nothing was written.`);
  }
  return passphrase;
}

async function firstLine(what: string): Promise<string> {
  const lines = createInterface({ input: process.stdin });
  for await (const line of lines) return line;
  throw new CurlewError(
    'REQUEST_INVALID',
    `No ${what} came on standard input; type it on a terminal, or name a file with --passphrase-file.`,
  );
}

function askHidden(question: string, what: string): Promise<string> {
  const { stdin, stderr } = process;
  stderr.write(question);
  stdin.setRawMode(true);
  stdin.setEncoding('utf8');
  return new Promise((done, fail) => {
    let typed: string[] = [];
    const end = (then: () => void): void => {
      stdin.off('data', onData);
      stdin.setRawMode(false);
      stdin.pause();
      stderr.write('\n');
      then();
    };
    const onData = (text: string): void => {
      for (const letter of text) {
        if (letter === '\r' || letter === '\n' || letter === '\u0004') return end(() => done(typed.join('')));
        if (letter === '\u0003') return end(() => fail(new CurlewError('ABORTED', `No ${what} was given.`)));
        if (letter === '\u007f' || letter === '\b') typed = typed.slice(0, -1);
        else typed.push(letter);
      }
    };
    stdin.on('data', onData);
    stdin.resume();
  });
}
