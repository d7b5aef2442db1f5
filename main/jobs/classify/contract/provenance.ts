/** How a classification was made: enough to make it again. */
import type { Grid } from './grid.ts';
import type { ClassifyResult } from './results.ts';
import type { ClassifySettings } from './settings.ts';

export interface Provenance {
  program: 'Curlew';
  version: string;
  /** Of the source that the program was built from; null where nobody noted it. */
  commit: string | null;
  startedMs: number;
  /** Null while it is not done. */
  finishedMs: number | null;
  paths: string[];
  modelId: string;
  /** The image that chose or answered, then what it needs, by their SHA-256; or the graph of a model of the person's own. */
  images: { role: 'router' | 'expert' | 'encoder' | 'model'; sha256: string }[];
  settings: ClassifySettings;
  /** Of the table of sites that the settings name; null without one, and in runs of before that was kept. */
  sitesSha256?: string | null;
  /** Whether it went on with what was copied there later. */
  watch?: boolean;
  /** Of a model of the person's own, where its windows lie; the others hear as boards do, with the hop of the settings. */
  grid?: Grid;
  /** Processor and threads that it ran on. */
  machine: { processor: string; cores: number; platform: string };
  /** When it was gone on with after a stop, and by which program. */
  resumes: { version: string; commit: string | null; atMs: number }[];
  /** What came of it; its inputs, each with path, size, time and hash, are the rows of `classify.files`. */
  result: ClassifyResult | null;
}
