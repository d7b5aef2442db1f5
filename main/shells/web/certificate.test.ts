import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat, writeFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCertificate } from './certificate.ts';
import { makeCertificate } from './x509.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curlew-tls-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));
const names = ['lab.example', '192.168.1.5', '2001:db8::1f', '::1'];
const day = 24 * 3_600_000;

describe('a certificate of the lab’s own', () => {
  it('is as the standard has it, for the machine’s names, and serves TLS', async () => {
    const now = Date.UTC(2026, 10, 27, 12, 30, 15);
    const { certificate, key } = makeCertificate('Küste 雨', names, now, now + 30 * day);
    const read = new X509Certificate(certificate);
    expect(read.subject).toBe('CN=Küste 雨');
    expect(read.issuer).toBe(read.subject);
    expect(read.verify(read.publicKey)).toBe(true);
    expect(read.ca).toBe(false);
    expect(read.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    expect([Date.parse(read.validFrom), Date.parse(read.validTo)]).toEqual([now, now + 30 * day]);
    for (const name of names) {
      expect(read.checkHost(name) ?? read.checkIP(name)).toBeTruthy();
    }
    expect(read.checkHost('other.example')).toBeUndefined();
    expect(read.checkIP('192.168.1.6')).toBeUndefined();

    const trusted = makeCertificate('x', ['localhost'], Date.now() - day, Date.now() + day);
    const server = createServer({ cert: trusted.certificate, key: trusted.key }, (socket) =>
      socket.end('hello'),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const socket = connect({ host: '127.0.0.1', port, ca: trusted.certificate, servername: 'localhost' });
    const [data] = (await once(socket, 'data')) as [Buffer];
    expect([socket.authorized, data.toString()]).toEqual([true, 'hello']);
    server.close();
    expect(() => new X509Certificate(key)).toThrow();
  });

  it('has a serial number of its own', () => {
    const serials = Array.from({ length: 20 }, () => {
      const { certificate } = makeCertificate('x', ['x'], 0, 1);
      return new X509Certificate(certificate).serialNumber;
    });
    expect(new Set(serials).size).toBe(20);
  });

  it('is made once, is the owner’s alone to read, and has the same fingerprint from then on', async () => {
    const first = await openCertificate(folder, names);
    expect(first.fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    expect(await openCertificate(folder, ['other.example'])).toEqual(first);
    expect(await readdir(join(folder, 'tls'))).toEqual(['certificate.pem', 'key.pem']);
    for (const name of ['certificate.pem', 'key.pem']) {
      expect((await stat(join(folder, 'tls', name))).mode & 0o077).toBe(0);
    }
  });

  it('is made anew once it has run out', async () => {
    const first = await openCertificate(folder, names);
    const later = await openCertificate(folder, names, Date.now() + 826 * day);
    expect(later.fingerprint).not.toBe(first.fingerprint);
  });
});

describe('a certificate that a person put there', () => {
  const put = async (certificate: string, key: string) => {
    await mkdir(join(folder, 'tls'), { recursive: true });
    await writeFile(join(folder, 'tls', 'certificate.pem'), certificate);
    await writeFile(join(folder, 'tls', 'key.pem'), key);
  };
  const own = (from: number, to: number) => makeCertificate('theirs', ['lab.example'], from, to);

  it('is used as it is', async () => {
    const { certificate, key } = own(Date.now() - day, Date.now() + day);
    await put(certificate, key);
    expect(await openCertificate(folder, names)).toMatchObject({ certificate, key });
  });

  it.each([
    ['that has run out', () => own(Date.now() - 2 * day, Date.now() - day)],
    ['with the key of another', () => ({ ...own(0, Date.now() + day), key: own(0, 1).key })],
    ['that is none', () => ({ ...own(0, 1), certificate: 'nonsense' })],
    ['without a key that can be read', () => ({ ...own(0, Date.now() + day), key: '' })],
  ])('%s is refused, and left as it is', async (_what, make) => {
    const { certificate, key } = make();
    await put(certificate, key);
    await expect(openCertificate(folder, names)).rejects.toMatchObject({ code: 'FILE_DAMAGED' });
    expect(await readdir(join(folder, 'tls'))).toEqual(['certificate.pem', 'key.pem']);
  });
});
