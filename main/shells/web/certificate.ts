/** The certificate of the lab over the network: its own, made when first needed, or one that the person puts there. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { CurlewError } from '../../contract/error.ts';
import { readWhole } from '../../regular-file.ts';
import { writeDurably } from '../../write-durably.ts';
import { makeCertificate, type OwnCertificate } from './x509.ts';

export interface ServerCertificate extends OwnCertificate {
  /** SHA-256 of the certificate, as browsers show it: bytes in capital hexadecimals between colons. */
  fingerprint: string;
}

const dayMs = 24 * 3_600_000;
/** Systems refuse certificates that are to last longer. */
const daysOfOwn = 825;
const nameOfOwn = 'Curlew lab';

/**
 * From `tls/` of the data folder. One of the lab's own is made where there is none, and anew where it has run out.
 * @param names of this machine, for one that is made
 * @throws CurlewError FILE_DAMAGED where what lies there is no certificate with its key, or has run out
 */
export async function openCertificate(
  dataFolder: string,
  names: readonly string[],
  nowMs = Date.now(),
): Promise<ServerCertificate> {
  const paths = {
    certificate: join(dataFolder, 'tls', 'certificate.pem'),
    key: join(dataFolder, 'tls', 'key.pem'),
  };
  const [certificate, key] = await Promise.all([readIfThere(paths.certificate), readIfThere(paths.key)]);
  if (certificate !== null && key !== null) {
    const found = parse(certificate, key, paths.certificate);
    if (Date.parse(found.validTo) > nowMs) return { certificate, key, fingerprint: found.fingerprint256 };
    if (!found.subject.includes(nameOfOwn)) {
      throw damaged(paths.certificate, `ran out on ${found.validTo}. Put a new one with its key there`);
    }
  } else if (certificate !== null || key !== null) {
    throw damaged(
      paths.certificate,
      'lies there without its key, or the key without it. Put both there, or none',
    );
  }
  const made = makeCertificate(
    `${nameOfOwn} on ${hostname()}`,
    names,
    nowMs - dayMs,
    nowMs + daysOfOwn * dayMs,
  );
  await writeDurably(paths.key, made.key);
  await writeDurably(paths.certificate, made.certificate);
  return { ...made, fingerprint: new X509Certificate(made.certificate).fingerprint256 };
}

function parse(certificate: string, key: string, path: string): X509Certificate {
  let problem: unknown;
  try {
    const found = new X509Certificate(certificate);
    if (found.checkPrivateKey(createPrivateKey(key))) return found;
  } catch (thrown) {
    problem = thrown;
  }
  throw damaged(
    path,
    'is no certificate, or not that of the key beside it. Delete both for one of the lab’s own',
    problem,
  );
}

const damaged = (path: string, what: string, cause?: unknown): CurlewError =>
  new CurlewError('FILE_DAMAGED', `The lab’s certificate, ${path}, ${what}.`, { path }, { cause });

async function readIfThere(path: string): Promise<string | null> {
  try {
    return (await readWhole(path, 100_000, 'a certificate or key')).toString();
  } catch (thrown) {
    if (thrown instanceof CurlewError && thrown.code === 'FILE_NOT_FOUND') return null;
    throw thrown;
  }
}
