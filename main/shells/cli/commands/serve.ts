/** `curlew serve`: the lab in a browser. */
import { resolve } from 'node:path';
import { CurlewError } from '../../../contract/error.ts';
import { folderAt } from '../../../data/folders.ts';
import { makeDataFolder, type RunningLab } from '../../../data-folder.ts';
import { runningLab } from '../../running-lab.ts';
import { isLoopback } from '../../web/names.ts';
import { openBrowser } from '../../web/open-browser.ts';
import { Passwords } from '../../web/passwords.ts';
import { serveUntilStopped, type Ready } from '../../web/serve.ts';
import { wholeNumber } from '../args.ts';
import type { Args, Commands } from '../command.ts';
import { exit } from '../exit.ts';
import { print } from '../output.ts';
import { givenPassphrase } from '../passphrase.ts';

export const serveCommands: Commands = {
  serve: {
    usage: '',
    about: 'the lab in a browser',
    options: ['port', 'host', 'folder', 'open'],
    check: async ({ options }) => Promise.all(foldersOf(options).map((path) => folderAt(path))),
    alone: serve,
  },
  open: {
    usage: '',
    about: 'the address of the lab that runs, opened in the browser where there is one',
    options: [],
    alone: open,
  },
};

const foldersOf = ({ folder }: Args['options']): string[] => (folder ?? []).map((path) => resolve(path));

async function serve(args: Args): Promise<number> {
  const { options, dataFolder, json } = args;
  const running = await runningLab(dataFolder);
  if (running) return again(running, args);
  if (options.host !== undefined && !isLoopback(options.host)) await openToOthers(options.host, args);
  await serveUntilStopped({
    dataFolder,
    open: options.open ?? false,
    folders: foldersOf(options),
    ...(options.host === undefined ? {} : { host: options.host }),
    ...(options.port === undefined ? {} : { port: wholeNumber(options.port, '--port', 0, 65_535) }),
    onReady: (ready) => process.stdout.write(json ? `${JSON.stringify(ready)}\n` : readyText(ready)),
  });
  return exit.done;
}

async function open(args: Args): Promise<number> {
  const running = await runningLab(args.dataFolder);
  if (!running) {
    throw new CurlewError(
      'LAB_ABSENT',
      `No lab runs on ${args.dataFolder}. Start it with “npm start”; one on another data folder is named with --data.`,
      { dataFolder: args.dataFolder },
    );
  }
  return lead(running, args, true);
}

/** A lab runs on this data folder, which holds one at a time: its owner is led there. */
async function again(running: RunningLab, args: Args): Promise<number> {
  const { host, port, folder } = args.options;
  if (running.link === null || [host, port, folder].some((asked) => asked !== undefined)) {
    const where = running.link === null ? whereItRuns(running) : `is served at ${addressOf(running.link)}`;
    throw new CurlewError(
      'STORE_LOCKED',
      `A lab runs on ${args.dataFolder} already: it ${where}. End that one first, or name another folder with --data.${folder === undefined ? '' : ' “curlew folders add FOLDER” opens a folder in the one that runs.'}`,
      { pid: running.pid, shell: running.shell },
    );
  }
  return lead(running, args, args.options.open ?? false);
}

/** The token is in what this process writes, and in a file, both its owner's alone; never in a command's words. */
async function lead(running: RunningLab, { dataFolder, json }: Args, browser: boolean): Promise<number> {
  const { link } = running;
  const browserOpened = link !== null && browser && (await openBrowser(dataFolder, link));
  const text =
    link === null
      ? `The lab ${whereItRuns(running)}.`
      : `Curlew is running already${browserOpened ? ', and open in your browser' : ''}. Its address: ${link}`;
  return print({ text, json: { link, browserOpened, pid: running.pid } }, { json });
}

const whereItRuns = ({ shell, pid }: RunningLab): string =>
  shell === 'electron'
    ? `runs in its own window (process ${pid})`
    : `is at work for another command (process ${pid})`;

const addressOf = (link: string): string => link.replace(/#.*$/, '');

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
