/** Starts the inference worker: the one place where the page makes a program out of an address. */
import address from './reference.worker.ts?worker&url';

/** As much of Trusted Types as is used here; browsers without them take the plain address. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(address: string): string },
  ): { createScriptURL(address: string): string };
}

/** The page's headers let programs come from policies of certain names alone: this one, and Vue's own. */
const policy = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes?.createPolicy('curlew-worker', {
  createScriptURL(given) {
    if (given !== address) throw new TypeError(`${given} is no program of this page.`);
    return given;
  },
});

export const startReferenceWorker = (): Worker =>
  new Worker(policy ? policy.createScriptURL(address) : address, { type: 'module' });
