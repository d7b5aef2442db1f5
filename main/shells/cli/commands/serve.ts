/** `curlew serve`: the lab in a browser. */
import { wholeNumber, type Args } from '../args.ts';
import { serveUntilStopped } from '../../web/serve.ts';

export async function serve({ options, dataFolder, json }: Args): Promise<number> {
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
  return 0;
}
