/** Where the page lives: a scheme and a host of its own, so that no web page shares its origin. */
export const scheme = 'curlew';
export const pageAddress = `${scheme}://lab/`;

/** @param address a URL or an origin, as Electron gives them; anything else is not ours */
export function isOurs(address: string | null | undefined): boolean {
  if (!address || !URL.canParse(address)) return false;
  // `origin` is "null" for schemes that Node does not know, so the parts are compared.
  const { protocol, host, username, password } = new URL(address);
  return protocol === `${scheme}:` && host === 'lab' && username === '' && password === '';
}
