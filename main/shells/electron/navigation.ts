/** Every web contents, whoever made it, stays on the page and opens nothing. */
import type { Event } from 'electron';
import { isOurs } from './address.ts';
import type { ElectronApi } from './api.ts';

/** Links to the web (a clip's licence, a model's paper) open in the person's browser; nothing else does. */
const leadsToTheWeb = (address: string): boolean =>
  URL.canParse(address) && new URL(address).protocol === 'https:';

export function guardNavigation({ app, shell }: Pick<ElectronApi, 'app' | 'shell'>): void {
  app.on('web-contents-created', (_event, contents) => {
    const stay = (event: Event<{ url: string }>): void => {
      if (!isOurs(event.url)) event.preventDefault();
    };
    contents.on('will-navigate', stay);
    contents.on('will-redirect', stay);
    contents.on('will-frame-navigate', stay);
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(({ url }) => {
      // A browser that cannot be opened leaves the person where they are; there is nothing to undo.
      if (leadsToTheWeb(url)) shell.openExternal(url).catch(() => undefined);
      return { action: 'deny' };
    });
  });
}
