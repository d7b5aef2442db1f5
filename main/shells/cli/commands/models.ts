/** `curlew models`: models of one's own, for the desktop. */
import { resolve } from 'node:path';
import { count, dateTime, percent } from '../../../contract/figures.ts';
import { ownHeadWords, ownModelTakes, ownModelSpeed } from '../../../contract/words.ts';
import type { OwnModel } from '../../../contract/types.ts';
import { confirmed } from '../confirm.ts';
import type { Answer, Commands } from '../command.ts';
import { sizeText, table, type Row } from '../output.ts';

export const modelCommands: Commands = {
  models: {
    usage: '',
    about: 'models of your own, which classify like an expert: --expert ID',
    options: [],
    async run(client) {
      const models = await client.request('models.list', {});
      return { text: models.length === 0 ? none : listOf(models), json: models };
    },
  },
  'models add': {
    usage: 'FILE.onnx',
    about: 'an ONNX classifier of sound, described by FILE.json beside it; it is tried first',
    options: [],
    run: async (client, { words }) =>
      tried(await client.request('models.add', { path: resolve(words[0]!) }), 'is taken in'),
  },
  'models check': {
    usage: 'ID',
    about: 'tries a model again: what it answers, and how fast',
    options: [],
    run: async (client, { words }) =>
      tried(await client.request('models.check', { modelId: words[0]! }), 'answers as it should'),
  },
  'models remove': {
    usage: 'ID',
    about: 'removes a model, for good; what it found stays',
    options: ['yes'],
    async run(client, args) {
      const [modelId] = args.words as [string];
      const model = (await client.request('models.list', {})).find(({ id }) => id === modelId);
      if (model) {
        const what = `${model.description.name}, ${sizeText(model.bytes)}`;
        await confirmed(
          `${what}, goes for good; the file it was added from, and what it found, stay. Remove it?`,
          args,
        );
      }
      await client.request('models.remove', { modelId });
      return { text: `The model ${modelId} is removed.`, json: { modelId } };
    },
  },
};

const none =
  'There are no models of your own. “curlew models add FILE.onnx” takes one in; FILE.json beside it describes it.';

function listOf(models: readonly OwnModel[]): string {
  const rows = models.map((one): Row => [
    one.id,
    one.description.name,
    ownModelTakes(one.description),
    one.classes,
    sizeText(one.bytes),
    ownModelSpeed(one.check),
  ]);
  return table(['id', 'name', 'takes', 'classes', 'size', 'speed, measured here on one thread'], rows);
}

function tried(model: OwnModel, how: string): Answer {
  const { id, description, classes, labels, check } = model;
  const { embeddingSize, heard, notes, checkedMs } = check;
  const first = labels.slice(0, 12);
  const more = classes > first.length ? `, and ${classes - first.length} more` : '';
  const text = [
    `${description.name} ${how}, as ${id}.`,
    `Takes ${ownModelTakes(description)}; gives ${description.output.values}, ${description.output.activation}.`,
    `${count(classes, 'class', 'classes')}: ${first.join(', ')}${more}.`,
    ...(description.head ? [`An expert: ${ownHeadWords(description.head)}.`] : []),
    ...(embeddingSize === null ? [] : [`Embedding of ${count(embeddingSize, 'number')}.`]),
    `Tried on ${dateTime(checkedMs)}: the clip “${heard.clip}” is ${heard.label} to it, ${percent(heard.probability)}; ${ownModelSpeed(check)}, measured here on one thread.`,
    ...notes.map((note) => `note: ${note}`),
    `Classify with it: “curlew classify FOLDER --expert ${id}”.`,
  ].join('\n');
  return { text, json: model };
}
