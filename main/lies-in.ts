import { sep } from 'node:path';

/** Whether a path lies in a folder, however deep; a folder does not lie in itself. Both absolute, and spelled alike. */
export const liesIn = (path: string, folder: string): boolean =>
  path !== folder && path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
