/** All commands, in the order in which help shows them. */
import type { Commands } from './command.ts';
import { boardCommands } from './commands/board.ts';
import { boardControlCommands } from './commands/board-control.ts';
import { classifyCommands } from './commands/classify.ts';
import { compareCommands } from './commands/compare.ts';
import { dataCommands } from './commands/data.ts';
import { detectionCommands } from './commands/detections.ts';
import { demoCommands } from './commands/demo.ts';
import { expertCommands } from './commands/experts.ts';
import { alertCommands } from './commands/fleet/alerts.ts';
import { exportCommands } from './commands/fleet/export.ts';
import { fleetCommands } from './commands/fleet/fleet.ts';
import { rolloutCommands } from './commands/fleet/rollout.ts';
import { seriesCommands } from './commands/fleet/series.ts';
import { uncertainCommands } from './commands/fleet/uncertain.ts';
import { updateCommands } from './commands/fleet/update.ts';
import { visitCommands } from './commands/fleet/visit.ts';
import { fleetWatchCommands } from './commands/fleet/watch.ts';
import { inferCommands } from './commands/infer.ts';
import { jobCommands } from './commands/jobs.ts';
import { keyCommands } from './commands/key.ts';
import { modelCommands } from './commands/models.ts';
import { passwordCommands } from './commands/password.ts';
import { powerCommands } from './commands/power.ts';
import { publishCommands } from './commands/publish.ts';
import { reviewCommands } from './commands/review.ts';
import { serveCommands } from './commands/serve.ts';
import { smpCommands } from './commands/smp.ts';
import { storeCommands } from './commands/store.ts';
import { studyCommands } from './commands/study.ts';
import { tinyCommands } from './commands/tiny.ts';
import { exit } from './exit.ts';
import { helpOf } from './help.ts';

export const commands: Commands = {
  ...boardCommands,
  ...inferCommands,
  ...classifyCommands,
  ...detectionCommands,
  ...reviewCommands,
  ...expertCommands,
  ...modelCommands,
  ...studyCommands,
  ...compareCommands,
  ...jobCommands,
  ...boardControlCommands,
  ...fleetCommands,
  ...updateCommands,
  ...rolloutCommands,
  ...visitCommands,
  ...uncertainCommands,
  ...fleetWatchCommands,
  ...exportCommands,
  ...seriesCommands,
  ...alertCommands,
  ...powerCommands,
  ...tinyCommands,
  ...smpCommands,
  ...keyCommands,
  ...storeCommands,
  ...dataCommands,
  ...publishCommands,
  ...serveCommands,
  ...passwordCommands,
  ...demoCommands,
  help: {
    usage: '[COMMAND...]',
    about: 'what a command takes',
    options: [],
    async alone({ words }) {
      process.stdout.write(helpOf(words, commands));
      return exit.done;
    },
  },
};
