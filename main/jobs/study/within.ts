import type { JobContext } from '../definition.ts';

/** A part of a job: its own progress runs from `from` over `share` of the whole, all of it times `scale`. */
export function within(
  context: JobContext,
  from: number,
  share: number,
  scale: number,
  prefix: string,
): JobContext {
  return {
    ...context,
    progress: (fraction, detail) =>
      context.progress(
        fraction === null ? null : scale * (from + share * fraction),
        `${prefix}${detail || 'between two trainings'}`,
      ),
  };
}
