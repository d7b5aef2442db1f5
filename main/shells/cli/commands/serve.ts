/** `curlew serve`: the lab in a browser. */
import { makeDataFolder } from '../../../data-folder.ts';
import { isLoopback } from '../../web/names.ts';
import { Passwords } from '../../web/passwords.ts';
import { serveUntilStopped, type Ready } from '../../web/serve.ts';
import { wholeNumber } from '../args.ts';
import type { Args, Commands } from '../command.ts';
import { exit } from '../exit.ts';
import { givenPassphrase } from '../passphrase.ts';

export const serveCommands: Commands = {
  serve: { usage: '', about: 'the lab in a browser', options: ['port', 'host', 'open'], alone: serve },
};

async function serve(args: Args): Promise<number> {
  const { options, dataFolder, json } = args;
  if (options.host !== undefined && !isLoopback(options.host)) await openToOthers(options.host, args);
  await serveUntilStopped({
    dataFolder,
    open: options.open ?? false,
    ...(options.host === undefined ? {} : { host: options.host }),
    ...(options.port === undefined ? {} : { port: wholeNumber(options.port, '--port', 0, 65_535) }),
    onReady: (ready) => process.stdout.write(json ? `${JSON.stringify(ready)}\n` : readyText(ready)),
  });
  return exit.done;
}

function readyText({ link, browserOpened, fingerprint }: Ready): string {
  const lines = [
    browserOpened
      ? `Curlew is open in your browser. To open it again: ${link}`
      : `Curlew is running. Open ${link}`,
    ...(fingerprint === null
      ? []
      : [
          'It asks for a password. Its certificate is its own, so browsers warn; before you go on, compare the SHA-256',
          `fingerprint that they show with this one: ${fingerprint}`,
        ]),
    'Ctrl-C ends it.',
  ];
  return `${lines.join('\n')}\n`;
}

/** Who opens the lab to others is told so, and must have a password for them. */
async function openToOthers(host: string, args: Args): Promise<void> {
  process.stderr.write(
    `curlew: everyone who can reach ${host} can try to sign in to this lab, and its operators can change it and open its files.\n`,
  );
  const passwords = new Passwords(args.dataFolder);
  if ((await passwords.roles()).includes('operator') || !process.stdin.isTTY) return;
  process.stderr.write('Choose the password of its operators.\n');
  await makeDataFolder(args.dataFolder);
  await passwords.set('operator', await givenPassphrase(args, { what: 'password', twice: true }));
}
