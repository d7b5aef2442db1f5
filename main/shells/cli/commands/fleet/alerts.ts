/** `curlew alerts …`: what a person is told of without looking, and where messages of it go. */
import type { LabClient } from '../../../../contract/client.ts';
import { CurlewError } from '../../../../contract/error.ts';
import { count, dateTime } from '../../../../contract/figures.ts';
import { allOf } from '../../../../contract/pieces.ts';
import type { RequestParams } from '../../../../contract/requests.ts';
import type { Alert, AlertKind, AlertRule, AlertTarget, WebhookState } from '../../../../contract/types.ts';
import {
  conditionText,
  easingText,
  hintText,
  stateText,
} from '../../../../fleet/alerts/contract/alert-words.ts';
import { alertKinds, isUsual } from '../../../../fleet/alerts/contract/alerts.ts';
import type { Answer, Args, Commands } from '../../command.ts';
import { exit } from '../../exit.ts';
import { table, type Row } from '../../output.ts';
import { assignment, yesOrNo } from '../given-setting.ts';
import { boardOf, fleetOf, groupNamed, nameOf } from './boards.ts';

const page = 1000;
/** Of alerts that have cleared, so many are shown. */
const clearedShown = 100;

export const alertCommands: Commands = {
  'alerts list': {
    usage: '[cleared]',
    about: `alerts that are up, newest first; or the last ${clearedShown} that have cleared`,
    options: [],
    run: list,
  },
  'alerts rules': {
    usage: '[KIND|ID] [NAME=VALUE...]',
    about:
      'rules; of one kind or id: threshold, minutes, days (of silent: expected every so many), hysteresis, cooldown (minutes), on=yes|no; a rule of its own with group=, board= or class=; remove=yes',
    options: [],
    run: rules,
  },
  'alerts acknowledge': {
    usage: 'ID...',
    about: 'says that somebody has seen them (all: every one that is up); they stay until they clear',
    options: [],
    run: acknowledge,
  },
  'alerts snooze': {
    usage: 'MINUTES ID...',
    about: 'leaves them be for so long; they are open again then where they still hold',
    options: [],
    run: snooze,
  },
  'alerts webhook': {
    usage: '[URL|on|off]',
    about: 'where messages of alerts are sent, as JSON by POST; off until it is switched on',
    options: [],
    run: webhook,
  },
  'alerts test-webhook': {
    usage: '[URL]',
    about: 'sends a test there, and says what came back',
    options: [],
    run: testWebhook,
  },
};

const upNow = (client: LabClient): Promise<Alert[]> =>
  allOf<Alert>((last) =>
    client.request('alerts.list', { cleared: false, limit: page, ...(last && { after: last.id }) }),
  );

async function list(client: LabClient, { words: [word] }: Args): Promise<Answer> {
  if (word !== undefined && word !== 'cleared')
    throw new CurlewError(
      'REQUEST_INVALID',
      `“${word}” is not “cleared”: leave it out for those that are up.`,
    );
  const alerts =
    word === undefined
      ? await upNow(client)
      : await client.request('alerts.list', { cleared: true, limit: clearedShown });
  const rows = alerts.map((alert): Row => {
    const last = alert.log.findLast(({ by }) => by !== null);
    const by = last ? `${last.what} at the ${last.by} ${dateTime(last.atMs)}` : '';
    return [alert.id.slice(0, 8), dateTime(alert.raisedMs), stateText(alert), alert.text, by];
  });
  const none = word === undefined ? 'No alert is up.' : 'No alert has cleared yet.';
  return {
    text: rows.length === 0 ? none : table(['alert', 'since', 'state', 'what', 'by'], rows),
    json: alerts,
  };
}

async function rules(client: LabClient, { words }: Args): Promise<Answer> {
  const [which, ...given] = words;
  const all = await client.request('alerts.rules', {});
  if (which !== undefined && given.length > 0) return change(client, all, which, given);
  const shown = which === undefined ? all : all.filter((rule) => isMeant(rule, which));
  if (shown.length === 0)
    throw new CurlewError(
      'REQUEST_INVALID',
      `There is no rule “${which}”; the kinds are ${alertKinds.join(', ')}.`,
    );
  const targetOf = await targets(client);
  const rows = shown.map((rule): Row => [
    isUsual(rule.id) ? rule.id : rule.id.slice(0, 8),
    rule.on ? 'on' : 'off',
    targetOf(rule.target),
    conditionText(rule),
    [easingText(rule), hintText(rule)].filter(Boolean).join('; '),
  ]);
  return { text: table(['rule', '', 'for', 'when', 'and'], rows), json: shown };
}

const isMeant = ({ id, kind }: AlertRule, word: string): boolean =>
  kind === word || id === word || (word.length >= 4 && id.startsWith(word) && !isUsual(id));

async function targets(client: LabClient): Promise<(target: AlertTarget) => string> {
  const [boards, groups] = await Promise.all([fleetOf(client), client.request('groups.list', {})]);
  return (target) => {
    if (target.kind === 'all') return 'all boards';
    if (target.kind === 'group')
      return `group ${groups.find(({ id }) => id === target.groupId)?.name ?? target.groupId}`;
    const board = boards.find((one) => one.board.id === target.boardId);
    return board ? nameOf(board) : target.boardId;
  };
}

async function change(
  client: LabClient,
  all: readonly AlertRule[],
  which: string,
  words: readonly string[],
): Promise<Answer> {
  const wish: RequestParams<'alerts.saveRule'> = {};
  let remove = false;
  for (const word of words) {
    const given = assignment(word);
    if (!given) throw invalid(`“${word}” sets nothing: write NAME=VALUE.`);
    const { name, text } = given;
    if (name === 'threshold' || name === 'hysteresis') wish[name] = number(name, text);
    else if (name === 'days') {
      if (which !== 'silent' && all.find((rule) => isMeant(rule, which))?.kind !== 'silent')
        throw invalid('“days” is of the rule silent alone: how often boards are expected to be heard.');
      wish.threshold = number(name, text) * 1440;
    } else if (name === 'minutes') wish.forMs = Math.round(number(name, text) * 60_000);
    else if (name === 'cooldown') wish.coolDownMs = Math.round(number(name, text) * 60_000);
    else if (name === 'on') wish.on = yesOrNo(name, text);
    else if (name === 'class') wish.className = text;
    else if (name === 'group') wish.target = { kind: 'group', groupId: (await groupNamed(client, text)).id };
    else if (name === 'board')
      wish.target = { kind: 'board', boardId: (await boardOf(client, text)).board.id };
    else if (name === 'remove') remove = yesOrNo(name, text);
    else
      throw invalid(
        `A rule has no “${name}”: it has threshold, minutes, days, hysteresis, cooldown, on, class, group, board, and remove.`,
      );
  }
  const kind = alertKinds.find((one) => one === which);
  const rule = ruleMeant(all, which, kind, wish);
  if (remove) {
    if (!rule) throw invalid(`There is no rule “${which}” that could be removed.`);
    await client.request('alerts.removeRule', { ruleId: rule.id });
    return { text: 'The rule is removed; what it had told has cleared.', json: rule };
  }
  const saved = await client.request(
    'alerts.saveRule',
    rule ? { ...wish, ruleId: rule.id } : { ...wish, kind },
  );
  const targetOf = await targets(client);
  return {
    text: `${saved.on ? 'On' : 'Off'}, for ${targetOf(saved.target)}: ${conditionText(saved)}.`,
    json: saved,
  };
}

/** By its id; or of a kind the one for the same boards and class, where there is one. */
function ruleMeant(
  all: readonly AlertRule[],
  which: string,
  kind: AlertKind | undefined,
  { target = { kind: 'all' }, className = '' }: RequestParams<'alerts.saveRule'>,
): AlertRule | undefined {
  if (kind !== undefined)
    return all.find(
      (rule) =>
        rule.kind === kind &&
        rule.className === className &&
        JSON.stringify(rule.target) === JSON.stringify(target),
    );
  const found = all.filter((rule) => isMeant(rule, which));
  if (found.length === 1) return found[0];
  throw invalid(
    found.length > 1
      ? `${count(found.length, 'rule')} begin with “${which}”: give more of its id.`
      : `There is no rule “${which}”; the kinds are ${alertKinds.join(', ')}.`,
  );
}

async function meant(client: LabClient, words: readonly string[]): Promise<string[]> {
  const up = await upNow(client);
  return words.flatMap((word) => {
    if (word === 'all') return up.map(({ id }) => id);
    const found = up.filter(({ id }) => id.startsWith(word));
    if (found.length === 1) return [found[0]!.id];
    throw invalid(
      found.length === 0
        ? `No alert “${word}” is up; “curlew alerts list” shows those that are.`
        : `${count(found.length, 'alert')} begin with “${word}”: give more of its id.`,
    );
  });
}

async function acknowledge(client: LabClient, { words }: Args): Promise<Answer> {
  const alertIds = await meant(client, words);
  let changed = 0;
  for (let from = 0; from < alertIds.length; from += page)
    changed += (await client.request('alerts.acknowledge', { alertIds: alertIds.slice(from, from + page) }))
      .changed;
  return { text: `${count(changed, 'alert')} acknowledged.`, json: { changed } };
}

async function snooze(client: LabClient, { words: [first = '', ...words] }: Args): Promise<Answer> {
  const minutes = number('The time', first);
  if (!Number.isInteger(minutes) || minutes < 1)
    throw invalid(`“${first}” is no number of minutes: give a whole one, 1 or more.`);
  const alertIds = await meant(client, words);
  let changed = 0;
  for (let from = 0; from < alertIds.length; from += page)
    changed += (
      await client.request('alerts.snooze', { alertIds: alertIds.slice(from, from + page), minutes })
    ).changed;
  return { text: `${count(changed, 'alert')} snoozed for ${count(minutes, 'minute')}.`, json: { changed } };
}

async function webhook(client: LabClient, { words: [word] }: Args): Promise<Answer> {
  const state =
    word === undefined
      ? await client.request('alerts.webhook', {})
      : await client.request(
          'alerts.setWebhook',
          word === 'on' || word === 'off' ? { on: word === 'on' } : { on: true, url: word },
        );
  return { text: webhookText(state), json: state };
}

function webhookText({ on, url, sent, failed, dropped, waiting, last }: WebhookState): string {
  const place =
    url === '' ? 'No address is kept.' : `Messages of alerts ${on ? 'are' : 'were'} sent to ${url}.`;
  const counts = `Since the lab was opened ${count(sent, 'message')} taken, ${failed} given up, ${dropped} dropped; ${waiting} waiting.`;
  return [`${on ? 'On' : 'Off'}. ${place}`, counts, ...(last === null ? [] : [`Last: ${last}`])].join('\n');
}

async function testWebhook(client: LabClient, { words: [url] }: Args): Promise<Answer> {
  const answer = await client.request('alerts.testWebhook', url === undefined ? {} : { url });
  return { text: answer.text, json: answer, exit: answer.ok ? exit.done : exit.failed };
}

function number(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw invalid(`${name} is a number, not “${text}”.`);
}

const invalid = (text: string): CurlewError => new CurlewError('REQUEST_INVALID', text);
