/**
 * The architecture as a lint rule: which room may import which (see the table), and where Node and Electron may be
 * named. Imports are resolved to files, so a path that merely looks like another room's does not matter.
 */
import { dirname, relative, resolve, sep } from 'node:path';

/** Each room, the most particular first; what it may import besides itself; where it may take types from. */
const arrows = [
  { room: 'main/contract', may: [], node: false },
  { room: 'main/shells', may: ['main', 'main/contract', 'models'], node: true },
  { room: 'main', may: ['main/contract', 'devices', 'devices/protocol', 'models'], node: true },
  { room: 'preload', may: ['main/contract'], node: false },
  { room: 'renderer', may: ['main/contract', 'models'], node: false },
  { room: 'devices/protocol', may: [], types: ['devices'], node: false },
  { room: 'devices', may: ['devices/protocol'], node: true },
  { room: 'models', may: [], node: false },
];
/** The one error class, where exceptions go that nobody waits for, and how figures are written; they import nothing. */
const forAll = ['main/contract/error.ts', 'main/contract/fault.ts', 'main/contract/figures.ts'];
/** Test support is test code that several tests share. */
const test = /\.test\.ts$|(^|\/)(fake-electron|lab-stand-in)\.ts$|^renderer\/test\//;
/** Tests cross rooms to hold two of them against each other, but never from the page into the lab. */
const testsMay = ['test', 'preload', 'main/contract', 'devices', 'devices/protocol', 'models'];
const electronHome = /^(main\/shells\/electron|preload)\//;
const electronEntry = /^(main\/shells\/electron|preload)\/index\.ts$/;

/** Each room of the lab brings its part of the contract; what binds the contract binds its parts. */
const contractPart = /^main\/.+\/contract(\.ts$|\/)/;

const roomOf = (file) =>
  (contractPart.test(file) ? arrows[0] : arrows.find(({ room }) => file.startsWith(`${room}/`))) ??
  (file.startsWith('test/') ? { room: 'test', may: [], node: true } : null);

/** @returns why `file` may not import `source`, or null when it may; both paths relative to the root, with `/` */
function objection(file, source, typeOnly, importer) {
  const isTest = test.test(file);
  if (source === 'electron' || source.startsWith('electron/')) {
    if (electronEntry.test(file) || (typeOnly && electronHome.test(file))) return null;
    return 'Electron may be absent: only main/shells/electron and preload name it, and only their index.ts imports it as a value';
  }
  if (source.startsWith('node:')) {
    return importer.node || isTest ? null : `${importer.room} also runs where there is no Node`;
  }
  if (!source.startsWith('.')) return null;
  const target = resolve('/', dirname(file), source).split(sep).join('/').slice(1);
  const imported = roomOf(target);
  if (!imported || imported.room === importer.room || forAll.includes(target)) return null;
  if (typeOnly && importer.types?.includes(imported.room)) return null;
  if (importer.may.includes(imported.room) || (isTest && testsMay.includes(imported.room))) return null;
  return `${importer.room} may import ${[...importer.may, 'itself'].join(', ')}, not ${imported.room}`;
}

export const rooms = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { crossed: '“{{source}}”: {{why}}.' },
  },
  create(context) {
    const file = relative(context.cwd, context.filename).split(sep).join('/');
    const importer = roomOf(file);
    if (!importer || importer.room === 'test') return {};
    const check = (node, typeOnly) => {
      const source = node?.value;
      if (typeof source !== 'string') return;
      const why = objection(file, source, typeOnly, importer);
      if (why) context.report({ node, messageId: 'crossed', data: { source, why } });
    };
    const isType = (node) => node.importKind === 'type' || node.exportKind === 'type';
    return {
      ImportDeclaration: (node) => check(node.source, isType(node)),
      ExportNamedDeclaration: (node) => check(node.source, isType(node)),
      ExportAllDeclaration: (node) => check(node.source, isType(node)),
      ImportExpression: (node) => check(node.source, false),
      TSImportType: (node) => check(node.source ?? node.argument?.literal, true),
    };
  },
};
