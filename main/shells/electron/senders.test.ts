/** Who may speak to the lab, and what the dialogs do. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { channels } from '../../contract/channels.ts';
import { standInLab } from '../lab-stand-in.ts';
import { serveConnections } from './connection.ts';
import { serveDialogs } from './dialogs.ts';
import { FakeElectron, FakeWindow, type FakeFrame } from './fake-electron.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curlew-dialogs-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function served() {
  const electron = new FakeElectron();
  const standIn = standInLab();
  const endConnections = serveConnections(electron.api, standIn.lab);
  serveDialogs(electron.api, standIn.lab, [join(folder, 'lab')]);
  const window = new FakeWindow(electron, {});
  const contents = window.webContents;
  contents.mainFrame.url = 'curlew://lab/#/fleet';
  return { electron, standIn, contents, endConnections };
}

const strangers: [string, (main: FakeFrame) => FakeFrame | null][] = [
  ['a frame that is gone', () => null],
  ['a frame inside the page', (main) => ({ url: 'curlew://lab/', parent: main })],
  ['a main frame on a web page', (main) => Object.assign(main, { url: 'https://example.org/' })],
  ['a main frame on a look-alike', (main) => Object.assign(main, { url: 'curlew://lab.example.org/' })],
  ['a main frame on nothing yet', (main) => Object.assign(main, { url: '' })],
];

describe.each(strangers)('%s', (_who, frameOf) => {
  it('gets no connection', async () => {
    const { electron, standIn, contents } = served();
    const port = electron.bridge(contents, frameOf(contents.mainFrame)).port();
    port.post({ type: 'request', id: 1, name: 'boards.list', params: {} });
    await new Promise<void>((resolve) => port.onClose(resolve));
    expect(standIn.calls).toEqual([]);
    expect(standIn.subscribers()).toBe(0);
  });

  it('opens no dialog', async () => {
    const { electron, standIn, contents } = served();
    electron.chooses = { open: ['/secret.wav'], save: join(folder, 'a.csv'), button: 0 };
    const bridge = electron.bridge(contents, frameOf(contents.mainFrame));
    await expect(bridge.pickFiles('recordings', true)).rejects.toThrow();
    await expect(bridge.pickFolder()).rejects.toThrow();
    await expect(bridge.saveFile('a.csv', 'text/csv', ['a'])).rejects.toThrow();
    await expect(bridge.savePdf('a.pdf')).rejects.toThrow();
    expect(electron.dialogs).toEqual([]);
    expect(standIn.allowed).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('a connection', () => {
  it('is refused without a port or with more than one', () => {
    const { electron, standIn, contents } = served();
    const ipc = electron.ipcRenderer(contents);
    ipc.postMessage(channels.connect, null, []);
    const [one, two] = [new MessageChannel(), new MessageChannel()];
    ipc.postMessage(channels.connect, null, [one.port2, two.port2] as never);
    expect(standIn.subscribers()).toBe(0);
  });

  it('ends with the page, and the lab no longer speaks to it', async () => {
    const { electron, standIn, contents } = served();
    const { port1, port2 } = new MessageChannel();
    electron.ipcRenderer(contents).postMessage(channels.connect, null, [port2] as never);
    expect(standIn.subscribers()).toBe(1);
    port1.close();
    await expect.poll(() => standIn.subscribers()).toBe(0);
    standIn.tell('boards', { added: [], changed: [], gone: [] });
  });

  it('is ended by the shell when the lab closes', () => {
    const { electron, standIn, contents, endConnections } = served();
    electron.bridge(contents).port();
    electron.bridge(contents).port();
    expect(standIn.subscribers()).toBe(2);
    endConnections();
    expect(standIn.subscribers()).toBe(0);
  });
});

describe('a dialog', () => {
  it('lets the lab read the files that were picked, and those alone', async () => {
    const { electron, standIn, contents } = served();
    electron.chooses.open = ['/r/a.wav', '/r/b.flac'];
    expect(await electron.bridge(contents).pickFiles('recordings', true)).toEqual(['/r/a.wav', '/r/b.flac']);
    expect(standIn.allowed).toEqual(['/r/a.wav', '/r/b.flac']);
  });

  it('lets the lab read the folder that was picked', async () => {
    const { electron, standIn, contents } = served();
    electron.chooses.open = ['/r'];
    expect(await electron.bridge(contents).pickFolder()).toBe('/r');
    expect(standIn.allowed).toEqual(['/r']);
    expect(electron.dialogs[0]?.options['properties']).toContain('openDirectory');
  });

  it('shows the kind of files that is asked for, one where one is wanted', async () => {
    const { electron, contents } = served();
    await electron.bridge(contents).pickFiles('onnx', false);
    expect(electron.dialogs[0]?.options).toMatchObject({
      properties: ['openFile'],
      filters: [{ extensions: ['onnx'] }, { extensions: ['*'] }],
    });
  });

  it('lets the lab write where the person said', async () => {
    const { electron, standIn, contents } = served();
    electron.chooses.save = '/r/own.curlew-bank';
    expect(await electron.bridge(contents).pickPlace('own.curlew-bank')).toBe('/r/own.curlew-bank');
    expect(standIn.allowed).toEqual(['/r/own.curlew-bank']);
  });

  it('answers with nothing when it was cancelled', async () => {
    const { electron, standIn, contents } = served();
    const bridge = electron.bridge(contents);
    expect(await bridge.pickFiles('recordings', true)).toEqual([]);
    expect(await bridge.pickFolder()).toBeNull();
    expect(await bridge.pickPlace('a.csv')).toBeNull();
    await bridge.saveFile('a.csv', 'text/csv', ['a']);
    expect(standIn.allowed).toEqual([]);
    expect(electron.dialogs.map(({ kind }) => kind)).toEqual(['open', 'open', 'save', 'save']);
  });

  it('writes the text where the person said, to the byte', async () => {
    const { electron, contents } = served();
    electron.chooses.save = join(folder, 'chosen.csv');
    await electron
      .bridge(contents)
      .saveFile('export.csv', 'text/csv', ['a\r\n', new TextEncoder().encode('“ü”\n')]);
    expect(await readFile(join(folder, 'chosen.csv'), 'utf8')).toBe('a\r\n“ü”\n');
    expect(electron.dialogs[0]?.options['defaultPath']).toBe('/documents/export.csv');
  });

  it('prints the page of the window that asks onto a PDF where the person said, and nothing where it was cancelled', async () => {
    const { electron, contents } = served();
    const bridge = electron.bridge(contents);
    await bridge.savePdf('visit.pdf');
    expect(contents.printed).toEqual([]);
    electron.chooses.save = join(folder, 'sheet.pdf');
    await bridge.savePdf('visit.pdf');
    expect(contents.printed).toMatchObject([{ pageSize: 'A4' }]);
    expect(await readFile(join(folder, 'sheet.pdf'), 'latin1')).toMatch(/^%PDF-/);
    expect(electron.dialogs.at(-1)?.options['defaultPath']).toBe('/documents/visit.pdf');
  });

  it('says so when the text cannot be written', async () => {
    const { electron, contents } = served();
    electron.chooses.save = join(folder, 'nothing', 'chosen.csv');
    await expect(electron.bridge(contents).saveFile('a.csv', 'text/csv', ['a'])).rejects.toThrow(
      `there is no folder ${join(folder, 'nothing')}`,
    );
  });

  it('replaces a table where the person said so in the dialog, but no recording and nothing of the lab', async () => {
    const { electron, contents } = served();
    const save = (name: string) => {
      electron.chooses.save = join(folder, name);
      return electron.bridge(contents).saveFile('export.csv', 'text/csv', ['new']);
    };
    await mkdir(join(folder, 'lab'), { recursive: true });
    for (const name of ['table.csv', 'dawn.wav', 'lab/lab.duckdb'])
      await writeFile(join(folder, name), 'old');
    await save('table.csv');
    await expect(save('dawn.wav')).rejects.toThrow('recording');
    await expect(save('lab/lab.duckdb')).rejects.toThrow('kept by the lab');
    const left = ['table.csv', 'dawn.wav', 'lab/lab.duckdb'].map((name) =>
      readFile(join(folder, name), 'utf8'),
    );
    expect(await Promise.all(left)).toEqual(['new', 'old', 'old']);
  });

  it.each([
    ['a path for a name', channels.saveFile, ['../a.csv', 'text/csv', ['a']]],
    ['a Windows path for a name', channels.saveFile, ['C:\\a.csv', 'text/csv', ['a']]],
    ['a path for a PDF', channels.savePdf, ['../a.pdf']],
    ['an empty name', channels.saveFile, ['', 'text/csv', ['a']]],
    ['a line break in a name', channels.saveFile, ['a\n.csv', 'text/csv', ['a']]],
    ['numbers for text', channels.saveFile, ['a.csv', 'text/csv', [3]]],
    ['too few words', channels.saveFile, ['a.csv']],
    ['too many words', channels.saveFile, ['a.csv', 'text/csv', ['a'], 'b']],
    ['options of its own', channels.pickFiles, [{ properties: ['openDirectory'] }, true]],
    ['a kind of files that there is not', channels.pickFiles, ['programs', false]],
    ['a path for a place’s name', channels.pickPlace, ['/etc/passwd']],
    ['options of its own for a folder', channels.pickFolder, [null]],
  ])('is refused %s', async (_what, channel, args) => {
    const { electron, contents } = served();
    electron.chooses.save = join(folder, 'chosen.csv');
    const reply = await electron.ipcRenderer(contents).invoke(channel, ...args);
    expect(reply).toMatchObject({ ok: false });
    expect(electron.dialogs).toEqual([]);
  });
});
