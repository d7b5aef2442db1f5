import type { EventName } from '../../main/contract/events.ts';
import { useLab } from './lab.ts';
import { useNotices } from './notices.ts';

/**
 * A list of the lab's that is asked for again whenever the lab tells that it has changed: by this page, another, the
 * command line or a job. Of answers that cross on the way, that to the last question counts.
 * @param title of the notice where asking again fails
 * @returns asks now
 */
export function useFollowed<T>(
  event: EventName,
  ask: () => Promise<T>,
  take: (found: T) => void,
  title: string,
): () => Promise<void> {
  const { client } = useLab();
  const notices = useNotices();
  let asked = 0;
  const load = async (): Promise<void> => {
    const mine = ++asked;
    const found = await ask();
    if (mine === asked) take(found);
  };
  client.on(event, () => void load().catch((thrown: unknown) => notices.fail(title, thrown)));
  return load;
}
