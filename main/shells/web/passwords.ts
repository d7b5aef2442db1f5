/** The passwords of those who come over the network, one a role: kept as scrypt hashes, their owner's alone to read. */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { CurlewError } from '../../contract/error.ts';
import { readWhole } from '../../regular-file.ts';
import { writeDurably } from '../../write-durably.ts';

/** The owner comes through the local door. */
export const networkRoles = ['operator', 'viewer'] as const;
export type NetworkRole = (typeof networkRoles)[number];

export const leastPassword = 12;
const mostPassword = 1000;

/** 64 MB and about a third of a second for each guess (OWASP's second choice of parameters). */
const strength = { cost: 2 ** 16, blockSize: 8, parallelization: 2 };
const hashBytes = 32;

const base64 = v.pipe(v.string(), v.base64());
const whole = v.pipe(v.number(), v.integer(), v.minValue(1));
const keptSchema = v.strictObject({
  salt: base64,
  hash: base64,
  cost: v.pipe(whole, v.maxValue(2 ** 20)),
  blockSize: v.pipe(whole, v.maxValue(32)),
  parallelization: v.pipe(whole, v.maxValue(16)),
});
type Kept = v.InferOutput<typeof keptSchema>;
const fileSchema = v.strictObject({ operator: v.optional(keptSchema), viewer: v.optional(keptSchema) });
type KeptPasswords = v.InferOutput<typeof fileSchema>;

export class Passwords {
  private readonly path: string;

  constructor(dataFolder: string) {
    this.path = join(dataFolder, 'passwords.json');
  }

  /** Roles that have a password. @throws CurlewError FILE_DAMAGED, FILE_UNREADABLE */
  async roles(): Promise<NetworkRole[]> {
    const kept = await this.read();
    return networkRoles.filter((role) => kept[role]);
  }

  /**
   * @returns whose password it is; null for nobody's
   * @throws CurlewError FILE_DAMAGED, FILE_UNREADABLE
   */
  async roleOf(password: string): Promise<NetworkRole | null> {
    const kept = await this.read();
    let found: NetworkRole | null = null;
    // All of them, so that the time does not tell which roles there are.
    for (const role of networkRoles) {
      const one = kept[role];
      if (one && (await isPassword(one, password))) found ??= role;
    }
    return found;
  }

  /**
   * Replaces the role's password.
   * @throws CurlewError REQUEST_INVALID for one that is too short, too long, or the other role's
   */
  async set(role: NetworkRole, password: string): Promise<void> {
    const letters = [...password].length;
    if (letters < leastPassword || letters > mostPassword) {
      throw new CurlewError(
        'REQUEST_INVALID',
        `A password for the network has ${leastPassword} to ${mostPassword} letters; this one has ${letters}.`,
      );
    }
    const others = await this.roleOf(password);
    if (others && others !== role) {
      throw new CurlewError('REQUEST_INVALID', `This is the ${others}’s password: choose another.`);
    }
    const salt = randomBytes(16);
    const hash = await derive(password, salt, hashBytes, strength);
    const kept: Kept = { salt: salt.toString('base64'), hash: hash.toString('base64'), ...strength };
    await this.write({ ...(await this.read()), [role]: kept });
  }

  async remove(role: NetworkRole): Promise<void> {
    const { [role]: _gone, ...rest } = await this.read();
    await this.write(rest);
  }

  private async read(): Promise<KeptPasswords> {
    try {
      const text = (await readWhole(this.path, 10_000, 'a file of passwords')).toString();
      return v.parse(fileSchema, JSON.parse(text));
    } catch (thrown) {
      if (thrown instanceof CurlewError) {
        if (thrown.code === 'FILE_NOT_FOUND') return {};
        throw thrown;
      }
      throw new CurlewError(
        'FILE_DAMAGED',
        `${this.path} is not as the lab wrote it. Delete it, then choose the passwords again.`,
        { path: this.path },
        { cause: thrown },
      );
    }
  }

  private write(kept: KeptPasswords): Promise<void> {
    return writeDurably(this.path, `${JSON.stringify(kept, null, 2)}\n`);
  }
}

async function isPassword(kept: Kept, password: string): Promise<boolean> {
  const hash = Buffer.from(kept.hash, 'base64');
  return timingSafeEqual(hash, await derive(password, Buffer.from(kept.salt, 'base64'), hash.length, kept));
}

const derived = promisify<string, Buffer, number, object, Buffer>(scrypt);

/** Letters that look the same are the same, however a keyboard composes them. */
function derive(password: string, salt: Buffer, bytes: number, given: typeof strength): Promise<Buffer> {
  const { cost, blockSize, parallelization } = given;
  const maxmem = 2 * 128 * cost * blockSize;
  return derived(password.normalize('NFKC'), salt, bytes, { cost, blockSize, parallelization, maxmem });
}
