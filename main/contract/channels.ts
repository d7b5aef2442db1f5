/** The names under which the preload script and Electron's main process speak to each other. */
export const channels = {
  /** Carries one message port: the page's connection to the lab. */
  connect: 'curlew:connect',
  pickFiles: 'curlew:pick-files',
  pickFolder: 'curlew:pick-folder',
  pickPlace: 'curlew:pick-place',
  saveFile: 'curlew:save-file',
  savePdf: 'curlew:save-pdf',
} as const;

/** What a dialog answers; a sentence crosses where a thrown error would lose its shape. */
export type DialogReply<T> = { ok: true; result: T } | { ok: false; message: string };
