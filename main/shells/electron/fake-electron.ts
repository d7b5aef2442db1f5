/**
 * Electron's API as far as the shell uses it, without Electron: test support. Windows, quitting and dialogs
 * follow Electron's own order of events; messages go through real structured clones.
 */
import { EventEmitter } from 'node:events';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type {
  App,
  BrowserWindowConstructorOptions,
  CustomScheme,
  MenuItemConstructorOptions,
  PrintToPDFOptions,
  Rectangle,
  Session,
  WebContents,
  WindowOpenHandlerResponse,
} from 'electron';
import { makeBridge, type PageIpc, type PagePort } from '../../../preload/bridge.ts';
import type { ElectronApi } from './api.ts';

/** An event whose default can be prevented, as Electron hands to listeners. */
export const preventable = <T extends object>(details: T) => ({
  ...details,
  defaultPrevented: false,
  preventDefault() {
    this.defaultPrevented = true;
  },
});

export interface FakeFrame {
  url: string;
  parent: FakeFrame | null;
}

export class FakeContents
  extends EventEmitter
  implements Pick<WebContents, 'setWindowOpenHandler' | 'reload' | 'printToPDF'>
{
  readonly mainFrame: FakeFrame = { url: '', parent: null };
  reloads = 0;
  private openHandler: (details: { url: string }) => WindowOpenHandlerResponse = () => ({ action: 'allow' });

  setWindowOpenHandler(handler: Parameters<WebContents['setWindowOpenHandler']>[0]): void {
    this.openHandler = handler as typeof this.openHandler;
  }
  reload(): void {
    this.reloads++;
  }
  /** How often it was printed, and on which paper. */
  readonly printed: PrintToPDFOptions[] = [];
  printToPDF(options: PrintToPDFOptions): Promise<Buffer<ArrayBuffer>> {
    this.printed.push(options);
    return Promise.resolve(Buffer.from('%PDF-1.4 of the page'));
  }
  /** What `window.open(url)` in the page comes to. */
  open(url: string): WindowOpenHandlerResponse['action'] {
    return this.openHandler({ url }).action;
  }
  /** Whether the page may go there. */
  goesTo(event: 'will-navigate' | 'will-redirect' | 'will-frame-navigate', url: string): boolean {
    const asked = preventable({ url });
    this.emit(event, asked);
    return !asked.defaultPrevented;
  }
}

export class FakeWindow extends EventEmitter {
  readonly webContents: FakeContents;
  shown = false;
  focused = false;
  minimized = false;
  maximized = false;
  loaded: string | null = null;
  bounds: Rectangle;

  constructor(
    private readonly electron: FakeElectron,
    readonly options: BrowserWindowConstructorOptions,
  ) {
    super();
    const { x = 0, y = 0, width = 800, height = 600 } = options;
    this.bounds = { x, y, width, height };
    this.webContents = new FakeContents();
    electron.windows.push(this);
    electron.app.emit('web-contents-created', {}, this.webContents);
  }
  async loadURL(url: string): Promise<void> {
    this.loaded = url;
    this.webContents.mainFrame.url = url;
  }
  show(): void {
    this.shown = true;
  }
  focus(): void {
    this.focused = true;
  }
  maximize(): void {
    this.maximized = true;
  }
  restore(): void {
    this.minimized = false;
  }
  isMinimized(): boolean {
    return this.minimized;
  }
  isMaximized(): boolean {
    return this.maximized;
  }
  getNormalBounds(): Rectangle {
    return this.bounds;
  }
  /** As the person does it. */
  close(): void {
    this.emit('close', preventable({}));
    this.electron.windows.splice(this.electron.windows.indexOf(this), 1);
    this.emit('closed');
    this.electron.app.windowClosed(this.electron.windows.length);
  }
}

class FakeApp
  extends EventEmitter
  implements Pick<App, 'quit' | 'exit' | 'whenReady' | 'requestSingleInstanceLock' | 'setPath' | 'getPath'>
{
  exitCode: number | null = null;
  sandboxed = false;
  ready = false;
  isFirstInstance = true;
  readonly paths = new Map<string, string>([['documents', '/documents']]);
  readonly exited: Promise<number>;
  private readonly onExit: (code: number) => void;
  private quitting = false;

  constructor(private readonly electron: FakeElectron) {
    super();
    let onExit = (_code: number): void => undefined;
    this.exited = new Promise((resolve) => (onExit = resolve));
    this.onExit = onExit;
  }
  quit(): void {
    if (this.quitting) return;
    this.quitting = true;
    this.emit('before-quit', preventable({}));
    for (const window of [...this.electron.windows]) window.close();
    const event = preventable({});
    this.emit('will-quit', event);
    if (!event.defaultPrevented) this.exit(0);
  }
  exit(code = 0): void {
    this.exitCode ??= code;
    this.onExit(this.exitCode);
  }
  windowClosed(left: number): void {
    if (left === 0 && !this.quitting) this.emit('window-all-closed');
  }
  async whenReady(): Promise<void> {
    await Promise.resolve();
    this.ready = true;
  }
  requestSingleInstanceLock(): boolean {
    return this.isFirstInstance;
  }
  setPath(name: string, path: string): void {
    this.paths.set(name, path);
  }
  getPath(name: string): string {
    return this.paths.get(name) ?? '';
  }
  getVersion(): string {
    return '0.1.0';
  }
  enableSandbox(): void {
    this.sandboxed = true;
  }
  setAboutPanelOptions(): void {}
}

class FakeIpcMain extends EventEmitter {
  readonly handlers = new Map<string, (event: unknown, ...args: unknown[]) => unknown>();
  handle(channel: string, handler: (event: unknown, ...args: unknown[]) => unknown): void {
    this.handlers.set(channel, handler);
  }
}

/** The main process' end of a message port: silent until it is started. */
class FakePort extends EventEmitter {
  constructor(private readonly port: MessagePort) {
    super();
    port.on('close', () => this.emit('close'));
  }
  start(): void {
    this.port.on('message', (data: unknown) => this.emit('message', { data, ports: [] }));
  }
  postMessage(message: unknown): void {
    this.port.postMessage(message);
  }
  close(): void {
    this.port.close();
  }
}

type RequestHandler = NonNullable<Parameters<Session['setPermissionRequestHandler']>[0]>;
type CheckHandler = NonNullable<Parameters<Session['setPermissionCheckHandler']>[0]>;

class FakeSession {
  private request: RequestHandler = (_contents, _permission, callback) => callback(true);
  private check: CheckHandler = () => true;
  allowsDevices = true;

  setPermissionRequestHandler(handler: RequestHandler): void {
    this.request = handler;
  }
  setPermissionCheckHandler(handler: CheckHandler): void {
    this.check = handler;
  }
  setDevicePermissionHandler(handler: () => boolean): void {
    this.allowsDevices = handler();
  }
  requests(permission: string, details: object): Promise<boolean> {
    return new Promise((resolve) => {
      this.request({} as never, permission as never, resolve, details as never);
    });
  }
  checks(permission: string, origin: string, details: object): boolean {
    return this.check({} as never, permission as never, origin, details as never);
  }
}

export class FakeElectron {
  readonly windows: FakeWindow[] = [];
  readonly app = new FakeApp(this);
  readonly ipcMain = new FakeIpcMain();
  readonly session = { defaultSession: new FakeSession() };
  displays: { id: number; workArea: Rectangle }[] = [
    { id: 1, workArea: { x: 0, y: 25, width: 1920, height: 1055 } },
  ];
  readonly screen = {
    getPrimaryDisplay: () => this.displays[0],
    getAllDisplays: () => this.displays,
  };
  readonly schemes: CustomScheme[] = [];
  private readonly protocols = new Map<string, (request: Request) => Promise<Response>>();
  readonly protocol = {
    registerSchemesAsPrivileged: (schemes: CustomScheme[]) => {
      if (this.app.ready) throw new Error('Schemes are registered before the app is ready.');
      this.schemes.push(...schemes);
    },
    handle: (scheme: string, handler: (request: Request) => Promise<Response>) => {
      this.protocols.set(scheme, handler);
    },
  };
  /** What the person does in the next dialogs. */
  chooses: { open: string[]; save: string; button: number } = { open: [], save: '', button: 0 };
  readonly dialogs: { kind: 'open' | 'save' | 'message' | 'error'; options: Record<string, unknown> }[] = [];
  readonly dialog = {
    showOpenDialog: async (_window: unknown, options: Record<string, unknown>) => {
      this.dialogs.push({ kind: 'open', options });
      return { canceled: this.chooses.open.length === 0, filePaths: this.chooses.open };
    },
    showSaveDialog: async (_window: unknown, options: Record<string, unknown>) => {
      this.dialogs.push({ kind: 'save', options });
      return { canceled: this.chooses.save === '', filePath: this.chooses.save };
    },
    showMessageBox: async (_window: unknown, options: Record<string, unknown>) => {
      this.dialogs.push({ kind: 'message', options });
      return { response: this.chooses.button };
    },
    showErrorBox: (title: string, content: string) => {
      this.dialogs.push({ kind: 'error', options: { title, content } });
    },
  };
  readonly opened: string[] = [];
  readonly shell = {
    openExternal: async (url: string) => void this.opened.push(url),
    openPath: async (path: string) => {
      this.opened.push(path);
      return '';
    },
  };
  menu: MenuItemConstructorOptions[] = [];
  readonly Menu = {
    buildFromTemplate: (template: MenuItemConstructorOptions[]) => template,
    setApplicationMenu: (menu: MenuItemConstructorOptions[]) => void (this.menu = menu),
  };
  /** Whether macOS lets the program hear. */
  hears = true;
  readonly systemPreferences = { askForMediaAccess: async () => this.hears };
  readonly BrowserWindow: unknown;

  constructor() {
    // eslint-disable-next-line @typescript-eslint/no-this-alias -- the class below has a `this` of its own
    const electron = this;
    this.BrowserWindow = class extends FakeWindow {
      constructor(options: BrowserWindowConstructorOptions) {
        super(electron, options);
      }
      static fromWebContents(contents: unknown): FakeWindow | null {
        return electron.windows.find((window) => window.webContents === contents) ?? null;
      }
    };
  }

  /** The one place where the fake passes for the real thing. */
  get api(): ElectronApi {
    return this as unknown as ElectronApi;
  }

  /** What the page gets when it asks for an address. @throws Error where no protocol of ours answers */
  async fetch(url: string, method = 'GET'): Promise<Response> {
    const handler = this.protocols.get(new URL(url).protocol.slice(0, -1));
    if (!handler) throw new Error(`Nothing serves ${url}`);
    return handler(new Request(url, { method }));
  }

  /** `ipcRenderer` of a frame; of the contents' main frame unless told otherwise. */
  ipcRenderer(sender: FakeContents, senderFrame: FakeFrame | null = sender.mainFrame): PageIpc {
    return {
      postMessage: (channel, message, transfer) => {
        const ports = transfer.map((port) => new FakePort(port as unknown as MessagePort));
        this.ipcMain.emit(channel, { sender, senderFrame, ports }, structuredClone(message));
      },
      invoke: async (channel, ...args) => {
        const handler = this.ipcMain.handlers.get(channel);
        if (!handler) throw new Error(`No handler registered for '${channel}'`);
        return structuredClone(await handler({ sender, senderFrame }, ...structuredClone(args)));
      },
    };
  }

  /** `window.curlew` as the real preload script makes it in the page. */
  bridge(sender: FakeContents, frame?: FakeFrame | null) {
    return makeBridge(this.ipcRenderer(sender, frame), PageChannel);
  }
}

/** Node's channel with the page's types; its ports are event targets like the page's. */
const PageChannel = MessageChannel as unknown as new () => { port1: PagePort; port2: PagePort };
