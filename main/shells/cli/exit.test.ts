import { expect, it } from 'vitest';
import { CurlewError } from '../../contract/error.ts';
import { exit, exitOfError } from './exit.ts';

it('says that nothing was begun only where nothing was', () => {
  const refused = (context: object) => exitOfError(new CurlewError('REQUEST_INVALID', 'No.', { ...context }));
  expect(refused({})).toBe(exit.usage);
  expect(refused({ begun: false })).toBe(exit.usage);
  expect(refused({ begun: true })).toBe(exit.failed);
});
