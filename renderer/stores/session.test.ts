// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import { LabDouble } from '../test/lab-double.ts';
import { withLab } from '../test/mount.ts';
import { useNotices } from './notices.ts';
import { useSession } from './session.ts';

describe('what fails unforeseen in the lab', () => {
  it('is a notice on the page', () => {
    const lab = new LabDouble();
    withLab(lab);
    const session = useSession();
    lab.raise('fault', { text: 'A timer failed. Its stack is in a file.', ending: false });
    expect(useNotices().notices.map(({ tone, text }) => [tone, text])).toEqual([
      ['bad', 'A timer failed. Its stack is in a file.'],
    ]);
    expect(session.lost).toBeNull();
  });

  it('is what the page says when the lab ends because of it', () => {
    const lab = new LabDouble();
    withLab(lab);
    const session = useSession();
    lab.raise('fault', { text: 'A timer failed. The lab has to end.', ending: true });
    lab.close();
    expect(session.lost).toBe('A timer failed. The lab has to end.');
    expect(useNotices().notices).toEqual([]);
  });
});
