/**
 * Opens the person's browser on the lab. A program's words can be read by every user of the machine, so the browser is
 * not given the link, which holds the token, but the address of a file that only the person can read and that leads on.
 */
import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { markup } from '../../../models/report/markup.ts';
import { writeDurably } from '../../write-durably.ts';

interface Surroundings {
  platform: NodeJS.Platform;
  env: NodeJS.ProcessEnv;
}

/** A file of the data folder that leads to the lab. */
const leadFile = (dataFolder: string): string => join(dataFolder, 'open.html');

/**
 * @param link of this launch, with its token
 * @returns false where there is no display, or nothing that opens a browser
 */
export async function openBrowser(
  dataFolder: string,
  link: string,
  { platform, env }: Surroundings = process,
): Promise<boolean> {
  if (platform === 'linux' && !env['DISPLAY'] && !env['WAYLAND_DISPLAY']) return false;
  const path = leadFile(dataFolder);
  await writeDurably(path, leadTo(link));
  const [program, ...words] =
    platform === 'darwin'
      ? ['open']
      : platform === 'win32'
        ? ['rundll32', 'url.dll,FileProtocolHandler']
        : ['xdg-open'];
  return new Promise((resolve) => {
    const child = spawn(program as string, [...words, pathToFileURL(path).href], {
      stdio: 'ignore',
      detached: true,
      env,
    });
    child.once('error', () => resolve(false));
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}

/** Once the browser has been led, or the lab has ended. */
export const forgetLead = (dataFolder: string): Promise<void> => rm(leadFile(dataFolder), { force: true });

const leadTo = (link: string): string =>
  markup`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url=${link}">
<title>Curlew</title>
<p><a href="${link}">Open the lab</a></p>
</html>
`.text;
