/** Native dialogs. What a person picks there the lab may read from then on. */
import { extname, join } from 'node:path';
import type { IpcMainInvokeEvent } from 'electron';
import * as v from 'valibot';
import { channels, type DialogReply } from '../../contract/channels.ts';
import { CurlewError, toCurlewError } from '../../contract/error.ts';
import type { Lab } from '../../lab.ts';
import { fileKind, fileKinds } from '../../recordings/contract.ts';
import { Outputs } from '../../outputs.ts';
import type { ElectronApi } from './api.ts';
import { isOurPage } from './sender.ts';

const nothing = v.strictTuple([]);
const filesToPick = v.strictTuple([fileKind, v.boolean()]);
/** A name, never a path: where it goes is the person's choice. */
const fileName = v.pipe(v.string(), v.minLength(1), v.maxLength(200), v.regex(/^[^/\\:\p{Cc}]+$/u));
/** Of a piece, characters or bytes. */
const mostSaved = 256 << 20;
const toSave = v.strictTuple([
  fileName,
  v.pipe(v.string(), v.maxLength(100)),
  v.array(
    v.union([
      v.pipe(v.string(), v.maxLength(mostSaved)),
      v.pipe(v.instance(Uint8Array), v.maxLength(mostSaved)),
    ]),
  ),
]);

const allFiles = { name: fileKinds.all.name, extensions: ['*'] };

/** Of a dialog to choose where a file of that name is to be written. */
const filtersFor = (name: string): Electron.FileFilter[] => {
  const extension = extname(name).slice(1);
  return [...(extension ? [{ name: extension.toUpperCase(), extensions: [extension] }] : []), allFiles];
};

export function serveDialogs(
  { app, BrowserWindow, dialog, ipcMain }: Pick<ElectronApi, 'app' | 'BrowserWindow' | 'dialog' | 'ipcMain'>,
  lab: Pick<Lab, 'allow'>,
  /** Folders whose files no dialog may replace: the lab's own. */
  keep: readonly string[],
): void {
  function serve<const S extends v.GenericSchema, T>(
    channel: string,
    schema: S,
    handler: (window: Electron.BrowserWindow, args: v.InferOutput<S>) => Promise<T>,
  ): void {
    ipcMain.handle(
      channel,
      async (event: IpcMainInvokeEvent, ...args: unknown[]): Promise<DialogReply<T>> => {
        try {
          const window = isOurPage(event) ? BrowserWindow.fromWebContents(event.sender) : null;
          if (!window) throw new CurlewError('NOT_AUTHORIZED', 'Only the page of the lab may open dialogs.');
          const checked = v.safeParse(schema, args);
          if (!checked.success) {
            const why = checked.issues[0].message;
            throw new CurlewError('REQUEST_INVALID', `The dialog was asked for wrongly: ${why}.`);
          }
          return { ok: true, result: await handler(window, checked.output) };
        } catch (thrown) {
          return { ok: false, message: toCurlewError(thrown).message };
        }
      },
    );
  }

  serve(channels.pickFiles, filesToPick, async (window, [kind, several]) => {
    const { name, extensions } = fileKinds[kind];
    const { canceled, filePaths } = await dialog.showOpenDialog(window, {
      title: name,
      properties: ['openFile', ...(several ? (['multiSelections'] as const) : [])],
      filters: [...(kind === 'all' ? [] : [{ name, extensions: [...extensions] }]), allFiles],
    });
    if (canceled) return [];
    for (const path of filePaths) lab.allow(path);
    return filePaths;
  });

  serve(channels.pickFolder, nothing, async (window) => {
    const { canceled, filePaths } = await dialog.showOpenDialog(window, {
      title: 'Choose a folder',
      properties: ['openDirectory'],
    });
    const [folder] = filePaths;
    if (canceled || folder === undefined) return null;
    lab.allow(folder);
    return folder;
  });

  serve(channels.pickPlace, v.strictTuple([fileName]), async (window, [name]) => {
    const { canceled, filePath } = await dialog.showSaveDialog(window, {
      defaultPath: join(app.getPath('documents'), name),
      filters: filtersFor(name),
    });
    if (canceled || !filePath) return null;
    lab.allow(filePath);
    return filePath;
  });

  serve(channels.savePdf, v.strictTuple([fileName]), async (window, [name]) => {
    const { canceled, filePath } = await dialog.showSaveDialog(window, {
      defaultPath: join(app.getPath('documents'), name),
      filters: filtersFor(name),
    });
    if (canceled || !filePath) return;
    const output = await new Outputs({ overwrite: true, keep }).file(filePath);
    await output.write(await window.webContents.printToPDF({ pageSize: 'A4', generateTaggedPDF: true }));
  });

  serve(channels.saveFile, toSave, async (window, [name, , pieces]) => {
    const { canceled, filePath } = await dialog.showSaveDialog(window, {
      defaultPath: join(app.getPath('documents'), name),
      filters: filtersFor(name),
    });
    if (canceled || !filePath) return;
    // The system's dialog has asked whether a file that is there may go.
    const output = await new Outputs({ overwrite: true, keep }).file(filePath);
    await output.write(pieces);
  });
}
