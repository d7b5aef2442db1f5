/** `curlew serve`: the lab in a browser. */
import { serveUntilStopped } from '../../web/serve.ts';
import { wholeNumber } from '../args.ts';
import type { Args, Commands } from '../command.ts';
import { exit } from '../exit.ts';

export const serveCommands: Commands = {
  serve: { usage: '', about: 'the lab in a browser', options: ['port', 'host', 'open'], alone: serve },
};

async function serve({ options, dataFolder, json }: Args): Promise<number> {
  await serveUntilStopped({
    dataFolder,
    open: options.open ?? false,
    ...(options.host === undefined ? {} : { host: options.host }),
    ...(options.port === undefined ? {} : { port: wholeNumber(options.port, '--port', 0, 65_535) }),
    onReady(link, browserOpened) {
      if (json) process.stdout.write(`${JSON.stringify({ link })}\n`);
      else if (browserOpened)
        process.stdout.write(`Curlew is open in your browser. To open it again: ${link}\n`);
      else process.stdout.write(`Curlew is running. Open ${link}\n`);
      if (!json) process.stdout.write('Ctrl-C ends it.\n');
    },
  });
  return exit.done;
}
