/** Why a broker could not be reached, or would not have the lab, in a sentence that says what to do. */
import type { MqttSettings } from '../../contract/types.ts';

type Told = Error & { code?: string | number };

/** Return codes of CONNACK (MQTT 3.1.1, section 3.2.2.3). */
const refusals: Readonly<Record<number, string>> = {
  1: 'does not speak MQTT 3.1.1',
  2: 'would not have the lab’s name',
  3: 'is not at work at the moment',
  4: 'refused the user or the password',
  5: 'does not let this user in: user or password are wrong, or lack the right',
};

const networkProblems: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there: is the broker running, and is the port right?',
  ECONNRESET: 'it broke the connection off: is TLS set as the broker has it?',
  ENOTFOUND: 'no machine of this name is known',
  EAI_AGAIN: 'the name could not be looked up: is there a network?',
  ETIMEDOUT: 'nothing answered in time',
  EHOSTUNREACH: 'no way leads there',
  ENETUNREACH: 'there is no network that leads there',
};

const certificateProblems: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is its own; paste it as the authority if you trust it',
  SELF_SIGNED_CERT_IN_CHAIN:
    'its certificate’s authority is not known here; paste the authority’s certificate',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'its certificate’s authority is not known here; paste the authority’s certificate',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'its certificate’s authority is not known here; paste the authority’s certificate',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet: is the clock right?',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is of another host',
  EPROTO: 'it does not speak TLS there',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS there',
};

/** @param thrown null where the connection ended without a word */
export function brokerProblem(thrown: unknown, { host, port, tls }: MqttSettings): string {
  const where = `The broker at ${host}:${port}`;
  if (thrown === null)
    return `${where} ended the connection before it answered: is TLS ${tls ? 'off' : 'on'} there, or another program at this port?`;
  const { code, message } = thrown as Told;
  if (typeof code === 'number' && refusals[code] !== undefined) return `${where} ${refusals[code]}.`;
  if (message.includes('connack timeout'))
    return `${where} said nothing: is it a broker, and TLS as it has it?`;
  const why = typeof code === 'string' ? (networkProblems[code] ?? certificateProblems[code]) : undefined;
  if (why === undefined) return `${where} cannot be reached: ${message}.`;
  return `${where} cannot be reached: ${why}${why.endsWith('?') ? '' : '.'}`;
}
