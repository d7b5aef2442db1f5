/** A standard SMP client works with our boards: it knows nothing of Curlew but the names of the files. */
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { hostBoard } from '../../devices/boards/host/host-board.ts';
import { VirtualBoard } from '../../devices/boards/virtual/virtual-board.ts';
import type { ByteStream, Port } from '../../devices/drivers/port.ts';
import { resources } from '../../main/resources.ts';
import { packExpert } from '../../models/packing/pack.ts';
import { randomExpert } from '../fixtures/random-expert.ts';
import { read, standardClient, write, type Map, type StandardClient } from './standard-client.ts';

const image = packExpert(randomExpert(1, [24, 16]), Uint8Array.of(1));
const sha256 = createHash('sha256').update(image).digest();
const virtual = new VirtualBoard({
  wasm: readFileSync(resources.virtualBoard),
  name: 'standard',
  id: new Uint8Array(8),
});
const boards: [string, () => Port][] = [
  ['virtual', () => virtual],
  ['host process', () => hostBoard({ name: 'standard', id: '0102030405060708' })],
];

/** Uploads in pieces that fit the board's messages; gives the last response. */
async function upload(client: StandardClient, data: Uint8Array, messageBytes: number): Promise<Map> {
  let response: Map = {};
  for (let off = 0; off < data.length; off = Number(response['off'])) {
    const piece = data.slice(off, off + messageBytes - 64);
    const first = off === 0 ? { len: data.length } : {};
    response = await client.request(write, 8, 0, { name: '/experts/new', off, data: piece, ...first });
    if (typeof response['off'] !== 'number') break;
  }
  return response;
}

describe.each(boards)('a standard client and a %s board', (_, port) => {
  let line: ByteStream | null = null;
  let client: StandardClient;
  let old: StandardClient;

  const open = async (): Promise<void> => {
    line ??= await port().open();
    client ??= standardClient(line, 1);
    old ??= standardClient(line, 0);
  };
  afterAll(async () => {
    await line?.close();
    virtual.switchOff();
  });

  test('echo, with headers of both versions', async () => {
    await open();
    expect(await client.request(write, 0, 0, { d: 'hej' })).toEqual({ r: 'hej' });
    expect(await old.request(write, 0, 0, { d: 'hej' })).toEqual({ r: 'hej' });
  });

  test('set the clock and read it', async () => {
    expect(await client.request(read, 0, 4)).toEqual({ err: { group: 0, rc: 4 } });
    expect(await client.request(write, 0, 4, { datetime: '2026-11-28T03:25:23' })).toEqual({});
    const { datetime } = await client.request(read, 0, 4);
    expect(datetime).toMatch(/^2026-11-28T\d\d:\d\d:\d\d\.\d{3}$/);
    expect(await old.request(write, 0, 4, { datetime: '2026-11-28' })).toEqual({ rc: 2 });
  });

  test('learn how large messages may be, and use all of it', async () => {
    const { buf_size, buf_count } = await client.request(read, 0, 6);
    expect([buf_size, buf_count]).toEqual([expect.any(Number), expect.any(Number)]);
    const text = 'x'.repeat(Number(buf_size) - 8 - 6);
    expect(await client.request(write, 0, 0, { d: text })).toEqual({ r: text });
  });

  test('get the standard error for what is unknown', async () => {
    for (const [group, command] of [
      [0, 77],
      [1, 0],
      [3, 0],
      [8, 77],
      [9, 0],
      [99, 0],
    ] as const) {
      expect(await client.request(read, group, command)).toEqual({ rc: 8 });
      expect(await old.request(read, group, command)).toEqual({ rc: 8 });
    }
    expect(await client.request(read, 8, 1, { name: '/experts/11' })).toEqual({ err: { group: 8, rc: 3 } });
    expect(await old.request(read, 8, 1, { name: '/experts/11' })).toEqual({ rc: expect.any(Number) });
  });

  test('upload an expert, check it, switch to it, and find it after a reset', async () => {
    const { buf_size } = await client.request(read, 0, 6);
    expect(await upload(client, image, Number(buf_size))).toEqual({ off: image.length });
    const name = '/experts/0';
    expect(await client.request(read, 8, 1, { name })).toEqual({ len: image.length });
    const hashed = await client.request(read, 8, 2, { name, type: 'sha256' });
    expect(Buffer.from(hashed['output'] as Uint8Array)).toEqual(sha256);
    expect(await client.request(write, 64, 4, { slots: [0] })).toMatchObject({ active: [0] });

    expect(await client.request(write, 0, 5)).toEqual({});
    expect(await client.request(read, 64, 0)).toMatchObject({ active: [0] });
    let download = Buffer.alloc(0);
    while (download.length < image.length) {
      const { data } = await client.request(read, 8, 0, { name, off: download.length });
      download = Buffer.concat([download, data as Uint8Array]);
    }
    expect(download.equals(image)).toBe(true);
  });

  test('are told that an upload of nonsense is no expert', async () => {
    expect(await upload(client, randomBytes(5000), 512)).toEqual({ err: { group: 8, rc: 10 } });
    expect(await client.request(read, 64, 0)).toMatchObject({ active: [0] });
  });
});
