/** What other programs are told of an alert that went up, is open again or cleared. */
import type { AlertChange } from './alerts.ts';
import type { Alert } from './contract/alerts.ts';

type Told = Pick<
  Alert,
  'id' | 'kind' | 'boardId' | 'boardName' | 'state' | 'text' | 'raisedMs' | 'clearedMs'
>;
export interface AlertMessage extends Told {
  what: AlertChange['what'];
}

/** What persons do in the window is not told back to them. */
export const messagesOf = (changes: readonly AlertChange[]): AlertMessage[] =>
  changes
    .filter(({ what }) => what === 'raised' || what === 'open again' || what === 'cleared')
    .map(({ alert, what }) => {
      const { id, kind, boardId, boardName, state, text, raisedMs, clearedMs } = alert;
      return { id, what, kind, boardId, boardName, state, text, raisedMs, clearedMs };
    });
