import { describe, expect, it } from 'vitest';
import { transferOf } from '../contract/words.ts';
import { heldOf, TransferAccount } from './transfer-account.ts';

const result = { kind: 'deploy' as const, boardId: 'b', slots: [0], router: null, activated: true };

describe('the account of a transfer', () => {
  it('counts the bytes that were sent, and the time while they were', () => {
    const account = new TransferAccount([
      [1000, 0],
      [500, 500],
    ]);
    account.told(0, 0, 10);
    account.told(0, 400, 20);
    account.told(0, 1000, 50);
    // A minute of verifying goes by; the second image is there already.
    account.told(1, 500, 60_050);
    account.told(1, 500, 60_060);
    expect(account).toMatchObject({ bytes: 1500, toSend: 1000, sent: 1000, sendMs: 40, share: 1 });
  });

  it('goes on from a part that was there, and believes the board rather than its slots', () => {
    const account = new TransferAccount([[1000, 600]]);
    expect(account).toMatchObject({ toSend: 400, share: 0 });
    account.told(0, 200, 0);
    expect(account).toMatchObject({ toSend: 800, sent: 0 });
    account.told(0, 600, 5);
    expect(account).toMatchObject({ sent: 400, share: 0.5 });
  });

  it('counts what a board lost in a restart as sent again', () => {
    const account = new TransferAccount([[1000, 600]]);
    account.told(0, 600, 0);
    account.told(0, 100, 5);
    account.told(0, 1000, 9);
    expect(account).toMatchObject({ sent: 900, toSend: 900, sendMs: 9 });
  });

  it('is over from the start where the board holds all', () => {
    expect(new TransferAccount([[10, 10]])).toMatchObject({ toSend: 0, sent: 0, share: 1 });
  });
});

it('an image that lies in a slot is held as far as it has arrived, a verified one whole', () => {
  const sha256 = new Uint8Array(32).fill(1);
  const slot = { sha256, length: 100, offset: 40, state: 'partial' } as never;
  expect(heldOf({ slots: [slot] }, sha256)).toBe(40);
  expect(heldOf({ slots: [{ ...(slot as object), state: 'verified' } as never] }, sha256)).toBe(100);
  expect(heldOf({ slots: [slot] }, new Uint8Array(32))).toBe(0);
});

describe('what is told of a transfer', () => {
  it('is of the bytes that were sent, and apart from it what was there', () => {
    const told = transferOf({ ...result, bytes: 400_000, sent: 100_000, uploadMs: 2000, lineShare: 0.54 });
    expect(told).toEqual({
      sentBytes: 100_000,
      heldBytes: 300_000,
      seconds: 2,
      bytesPerSecond: 50_000,
      lineShare: 0.54,
    });
  });

  it('has no rate and no share where nothing was sent', () => {
    const told = transferOf({ ...result, bytes: 400_000, sent: 0, uploadMs: 0, lineShare: null });
    expect(told).toMatchObject({ sentBytes: 0, heldBytes: 400_000, bytesPerSecond: null, lineShare: null });
  });

  it('is nothing of a deployment whose lab counted bytes that it never sent', () => {
    expect(transferOf({ ...result, bytes: 400_000, uploadMs: 1000, lineShare: 1.596 })).toBeNull();
  });
});
