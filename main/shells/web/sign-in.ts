/** From a password to a token of this launch: one at a time, and slowly for those who guess. */
import { randomBytes } from 'node:crypto';
import { CurlewError } from '../../contract/error.ts';
import { isSame } from '../lab-socket.ts';
import { Attempts } from './attempts.ts';
import type { NetworkRole, Passwords } from './passwords.ts';

export type Answer = { token: string; role: NetworkRole } | { waitMs: number } | 'wrong';

/** Each waiting one costs a third of a second; more than this are told to come again. */
const mostWaiting = 8;
const busyMs = 2000;
const mostSessions = 1000;

export class SignIn {
  private readonly attempts = new Attempts();
  private readonly sessions = new Map<string, NetworkRole>();
  private waiting = 0;
  private last: Promise<unknown> = Promise.resolve();

  /** @param now milliseconds of a clock that only rises */
  constructor(
    private readonly passwords: Pick<Passwords, 'roleOf'>,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** @param address from which the password came @throws CurlewError where the passwords cannot be read */
  async signIn(password: string, address: string): Promise<Answer> {
    if (this.waiting >= mostWaiting) return { waitMs: busyMs };
    this.waiting++;
    const turn = this.last.then(() => this.look(password, address));
    this.last = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      this.waiting--;
    }
  }

  /** @returns null for a token that is none */
  roleOf(candidate: string): NetworkRole | null {
    for (const [token, role] of this.sessions) if (isSame(candidate, token)) return role;
    return null;
  }

  private async look(password: string, address: string): Promise<Answer> {
    // Asked only now: what waited before this one may have failed meanwhile.
    const waitMs = this.attempts.wait(address, this.now());
    if (waitMs > 0) return { waitMs };
    const role = await this.passwords.roleOf(password);
    if (!role) {
      this.attempts.failed(address, this.now());
      return 'wrong';
    }
    this.attempts.succeeded(address);
    const token = randomBytes(24).toString('base64url');
    this.sessions.set(token, role);
    const [oldest] = this.sessions.keys();
    if (this.sessions.size > mostSessions && oldest !== undefined) this.sessions.delete(oldest);
    return { token, role };
  }
}

/** @throws CurlewError PASSWORD_NEEDED where nobody could sign in */
export async function requirePassword(passwords: Pick<Passwords, 'roles'>): Promise<void> {
  if ((await passwords.roles()).includes('operator')) return;
  throw new CurlewError(
    'PASSWORD_NEEDED',
    'Others can reach the lab there, so it needs a password first: choose one with “curlew password set operator”.',
  );
}
