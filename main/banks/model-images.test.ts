import { expect, test } from 'vitest';
import { imagesOfModel, type ModelSource } from './model-images.ts';

const image = (name: string) => new TextEncoder().encode(name);
const encoderOf = { small: 'ears', medium: 'ears-2', large: 'ears-3' } as const;

const bank: ModelSource = {
  routers: [{ id: 'cascade', name: 'Cascade', experts: ['small', 'medium', 'large'], encoder: 'ears' }],
  encoders: ['ears', 'ears-2', 'ears-3'].map((id) => ({ id, imageSha256: id })),
  expert: (id) => ({
    name: id,
    classes: ['a', 'b'],
    encoder: encoderOf[id as keyof typeof encoderOf] ?? null,
  }),
  file: async (id) => image(id),
  image: async (sha256) => (sha256 === 'ears-3' ? null : image(sha256)),
};
const whole: ModelSource = { ...bank, image: async (sha256) => image(sha256) };

test('a router brings the encoders of all its experts, each once', async () => {
  expect(await imagesOfModel(whole, 'cascade')).toEqual({
    encoders: ['ears', 'ears-2', 'ears-3'].map(image),
    router: image('cascade'),
    experts: ['small', 'medium', 'large'].map(image),
  });
  expect((await imagesOfModel(bank, 'medium')).encoders).toEqual([image('ears-2')]);
  expect((await imagesOfModel(bank, 'statistics')).encoders).toEqual([]);
});

test('a router one of whose encoders no bank has is told by it', async () => {
  await expect(imagesOfModel(bank, 'cascade')).rejects.toMatchObject({
    code: 'ENCODER_MISSING',
    context: { encoderId: 'ears-3' },
  });
});
