/** `curlew password …`: the passwords of those who come over the network. */
import { CurlewError } from '../../../contract/error.ts';
import { makeDataFolder } from '../../../data-folder.ts';
import { networkRoles, Passwords, type NetworkRole } from '../../web/passwords.ts';
import type { Args, Commands } from '../command.ts';
import { print } from '../output.ts';
import { givenPassphrase } from '../passphrase.ts';

/** None of them needs the lab: what they change counts from the next sign-in on. */
export const passwordCommands: Commands = {
  'password set': {
    usage: 'ROLE',
    about: 'for “serve --host”, to sign in as operator, or as viewer, who may only look',
    options: ['passphrase-file'],
    async alone(args) {
      const role = roleOf(args);
      await makeDataFolder(args.dataFolder);
      const passwords = new Passwords(args.dataFolder);
      await passwords.set(role, await givenPassphrase(args, { what: 'password', twice: true }));
      return told(`The ${role}’s password is set.`, passwords, args);
    },
  },
  'password remove': {
    usage: 'ROLE',
    about: 'nobody signs in as operator, or viewer, any more',
    options: [],
    async alone(args) {
      const role = roleOf(args);
      const passwords = new Passwords(args.dataFolder);
      await passwords.remove(role);
      return told(
        `Nobody can sign in as ${role} any more; who is signed in stays so until the lab ends.`,
        passwords,
        args,
      );
    },
  },
};

const told = async (text: string, passwords: Passwords, args: Args): Promise<number> =>
  print({ text, json: { roles: await passwords.roles() } }, args);

function roleOf({ words: [word] }: Args): NetworkRole {
  const role = networkRoles.find((one) => one === word);
  if (role) return role;
  throw new CurlewError('REQUEST_INVALID', `There is no role “${word}”: say ${networkRoles.join(' or ')}.`);
}
