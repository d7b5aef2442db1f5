/** What the system says of a failed write, in a person's words. */
const reasons: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'the disk is mounted to be read only',
  ENOSPC: 'the disk is full; make room there, or name a place on another',
  EDQUOT: 'the disk’s share of this user is full',
  EEXIST: 'a file of that name came meanwhile, and stays as it is',
  ENOENT: 'its folder is gone',
  ENOTDIR: 'its folder is a file',
  ENAMETOOLONG: 'its name is too long',
};

/** Why, without a full stop; what is not known stands as the system says it. */
export function whyUnwritable(thrown: unknown): string {
  const { code = '', message } = thrown as NodeJS.ErrnoException;
  return reasons[code] ?? message;
}
