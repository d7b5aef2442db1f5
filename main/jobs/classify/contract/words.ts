/** What each setting of a classification does, said the same on the page and on the command line. */
import type { ClassifySettings } from './settings.ts';

export interface SettingWords {
  title: string;
  /** What it does and what is usual, in a sentence or two. */
  hint: string;
}

export const settingWords: Record<keyof ClassifySettings, SettingWords> = {
  hopFrames: {
    title: 'Hop',
    hint: 'From the beginning of a window to the next, in steps of 10 ms; a window is 0.975 s long. Usual: 48, windows overlap by half. What is left at a file’s end and fills no window is not heard.',
  },
  threshold: {
    title: 'Least probability',
    hint: 'Of a window that a detection is made of, for classes without one of their own. Usual: 0.5.',
  },
  thresholds: { title: 'Least probability by class', hint: 'Usual: the same for all.' },
  topK: {
    title: 'Classes a window',
    hint: 'How many of a window’s classes may be detected, the most probable first. Usual: 1.',
  },
  channel: {
    title: 'Channel',
    hint: 'Of recordings with several: their mean, each by itself, or one. Usual: the mean.',
  },
  highPassHz: {
    title: 'High-pass',
    hint: 'Hertz; what lies below is taken off before a recording is heard, such as wind. Usual: 0, nothing.',
  },
  keep: {
    title: 'Windows kept',
    hint: 'Beside the detections: none, those at or above the least probability, the best of every minute, or all. Usual: those above.',
  },
  gapS: {
    title: 'Gap',
    hint: 'Seconds; detections of one class this close or closer become one. Usual: 0, those that touch or overlap.',
  },
  gaps: { title: 'Gap by class', hint: 'Usual: the same for all.' },
  leastS: {
    title: 'Least length',
    hint: 'Seconds; a detection that is shorter is left out. Usual: 0, none is.',
  },
  leasts: { title: 'Least length by class', hint: 'Usual: the same for all.' },
  timeZone: {
    title: 'Time zone',
    hint: 'Where the recorders stood, such as Europe/Berlin or +02:00: times are shown in it, and those of names and chunks that do not tell theirs are taken for it. Usual: empty, what the files say, else this computer’s.',
  },
  sites: {
    title: 'Sites',
    hint: 'A table (CSV) with the columns site, latitude, longitude, and folder or prefix: the folder that holds the site’s recordings, or how their names begin; the site’s own name where both are empty. Usual: none.',
  },
  skipCopies: {
    title: 'Copies',
    hint: 'Files of the same bytes as one before are told, and not counted twice. Usual: yes.',
  },
};
