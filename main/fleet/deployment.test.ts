import { createHash, generateKeyPairSync, sign, verify } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import { appendSignature, keyIdOf, signedText, splitSignature } from '../../models/packing/sign.ts';
import { randomBank } from '../../test/fixtures/random-bank.ts';
import { randomCascade, randomStages } from '../../test/fixtures/random-cascade.ts';
import { packRouter } from '../../models/packing/pack.ts';
import { CurlewError } from '../contract/error.ts';
import { bytesFor, deploymentOf, imagesOf } from './deployment.ts';

const { experts, router } = randomBank([1, 2, 3]);
const [one, two, three] = experts as [Uint8Array, Uint8Array, Uint8Array];
const board = { name: 'Heron', keyId: null };
const noBank = async () => null;
const sha256 = (image: Uint8Array) => createHash('sha256').update(image).digest('hex');

describe('what is deployed', () => {
  test('is one expert, or a router with its experts in its order', async () => {
    expect(await deploymentOf([two], noBank)).toMatchObject({
      experts: [{ name: 'random-2' }],
      router: null,
    });
    const bank = await deploymentOf([three, router, one, two], noBank);
    expect(bank.experts.map(({ name }) => name)).toEqual(['random-1', 'random-2', 'random-3']);
    expect(bank.router?.image).toEqual(router);
  });

  test('takes from the bank the experts of a router that are not given', async () => {
    const fromBank = vi.fn(
      async (wanted: string) => experts.find((image) => sha256(image) === wanted) ?? null,
    );
    const bank = await deploymentOf([router, two], fromBank);
    expect(bank.experts.map(({ name }) => name)).toEqual(['random-1', 'random-2', 'random-3']);
    expect(fromBank.mock.calls.map(([wanted]) => wanted)).toEqual([sha256(one), sha256(three)]);
  });

  test.each<[string, Uint8Array[], string]>([
    ['several experts without a router', [one, two], 'REQUEST_INVALID'],
    ['two routers', [router, randomBank([4, 5]).router], 'REQUEST_INVALID'],
    [
      'an expert that is not the router’s',
      [one, two, three, router, ...randomBank([4]).experts],
      'REQUEST_INVALID',
    ],
    ['a router whose experts are not to be had', [router, one], 'EXPERT_NOT_FOUND'],
    ['an image that is cut short', [one.subarray(0, 5000)], 'IMAGE_BAD'],
  ])('is never %s', async (_, files, code) => {
    await expect(deploymentOf(files, noBank)).rejects.toMatchObject({ code });
  });
});

describe('a cascade', () => {
  const stages = randomStages(40);
  const { encoderImages, expertImages } = stages;
  const cascade = packRouter(randomCascade(stages, 'gate', [0.5, 0.75]), new Uint8Array(32));
  const all = [...encoderImages, ...expertImages];
  const fromBank = async (wanted: string) => all.find((image) => sha256(image) === wanted) ?? null;

  test('brings the encoders of all its experts, the router’s first, before experts and router', async () => {
    const bank = await deploymentOf([cascade], fromBank);
    expect(bank.encoders.map(({ image }) => image)).toEqual(encoderImages);
    expect(imagesOf(bank).map(({ kind }) => kind)).toEqual([
      ...['encoder', 'encoder', 'encoder', 'expert', 'expert', 'expert', 'router'],
    ]);
    expect(await deploymentOf([cascade, ...[...all].reverse()], noBank)).toEqual(bank);
  });

  test('is never one whose encoders are not to be had, or whose first expert takes another than the router', async () => {
    const without = [cascade, ...expertImages, ...encoderImages.slice(0, 2)];
    await expect(deploymentOf(without, noBank)).rejects.toMatchObject({ code: 'ENCODER_MISSING' });
    const other = { ...randomCascade(stages, 'gate', [0.5, 0.75]) };
    other.encoderHash = stages.experts[1]!.encoderHash!;
    const wrong = packRouter(other, new Uint8Array(32));
    await expect(deploymentOf([wrong], fromBank)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    const stranger = randomStages(70).encoderImages[0]!;
    await expect(deploymentOf([cascade, stranger], fromBank)).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    });
  });
});

const keys = generateKeyPairSync('ed25519');
const raw = new Uint8Array(keys.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32));
const keyId = Buffer.from(keyIdOf(raw)).toString('hex');
const signer = async (_: string, text: Uint8Array) => new Uint8Array(sign(null, text, keys.privateKey));
const missing = async () => {
  throw new CurlewError('KEY_NOT_FOUND', 'no such key');
};
const only = async (bytes: Uint8Array) => (await deploymentOf([bytes], noBank)).experts[0]!;

describe('the bytes for a board', () => {
  test('are the image alone where the board has no key', async () => {
    expect(await bytesFor(await only(one), board, missing)).toEqual(one);
  });

  test('carry a signature of the board’s key where it has one', async () => {
    const bytes = await bytesFor(await only(one), { ...board, keyId }, signer);
    const { image, signature } = splitSignature(bytes);
    expect(image).toEqual(one);
    expect(verify(null, signedText(one), keys.publicKey, signature!.signature)).toBe(true);
  });

  test('keep the signature of a file that is signed with the board’s key already', async () => {
    const signature = await signer('', signedText(one));
    const signed = appendSignature(one, { keyId: keyIdOf(raw), signature });
    expect(await bytesFor(await only(signed), { ...board, keyId }, missing)).toEqual(signed);
  });

  test('are signed anew where the file’s signature is of another key', async () => {
    const foreign = appendSignature(one, { keyId: new Uint8Array(8), signature: new Uint8Array(64) });
    const { signature } = splitSignature(await bytesFor(await only(foreign), { ...board, keyId }, signer));
    expect(Buffer.from(signature!.keyId).toString('hex')).toBe(keyId);
  });

  test('are none, and the sentence says why, where the lab does not hold the board’s key', async () => {
    await expect(bytesFor(await only(one), { ...board, keyId }, missing)).rejects.toMatchObject({
      code: 'KEY_NOT_FOUND',
      message: expect.stringMatching(new RegExp(`^Heron takes only images signed with the key ${keyId}`)),
    });
  });
});
