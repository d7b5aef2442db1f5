/** What is kept of MQTT: settings in `mqtt.json` of the data folder, the password where the lab's keys are. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import * as v from 'valibot';
import { CurlewError } from '../../contract/error.ts';
import type { MqttSettings } from '../../contract/types.ts';
import { secretPlaces, type SecretPlaces } from '../../keys/secrets.ts';
import { readWhole } from '../../regular-file.ts';
import { writeDurably } from '../../write-durably.ts';
import { mqttSettings } from '../contract.ts';

const secret = v.strictObject({
  /** Of this lab alone: a keychain is shared by all of a person's labs. */
  id: v.pipe(v.string(), v.regex(/^mqtt-[0-9a-f]{16}$/)),
  keptIn: v.picklist(['keychain', 'file']),
});
const keptSchema = v.strictObject({ on: v.boolean(), settings: mqttSettings, secret: v.nullable(secret) });
export type KeptMqtt = v.InferOutput<typeof keptSchema>;
const mostBytes = 200_000;

export const usualMqtt: MqttSettings = {
  ...{ host: 'localhost', port: 1883, tls: false, authority: '', user: '' },
  ...{ prefix: 'curlew', discoveryPrefix: 'homeassistant', everyS: 30 },
};

export class MqttFile {
  private readonly path: string;
  private readonly places: SecretPlaces;

  constructor(dataFolder: string, places = secretPlaces(join(dataFolder, 'keys'))) {
    this.path = join(dataFolder, 'mqtt.json');
    this.places = places;
  }

  /** @throws CurlewError FILE_DAMAGED, FILE_UNREADABLE */
  async read(): Promise<KeptMqtt> {
    let text: string;
    try {
      text = (await readWhole(this.path, mostBytes, 'a setting')).toString();
    } catch (thrown) {
      if (thrown instanceof CurlewError && thrown.code === 'FILE_NOT_FOUND')
        return { on: false, settings: usualMqtt, secret: null };
      throw thrown;
    }
    try {
      return v.parse(keptSchema, JSON.parse(text));
    } catch (thrown) {
      throw new CurlewError(
        'FILE_DAMAGED',
        `${this.path} is damaged. Set MQTT anew, which writes it again.`,
        { path: this.path },
        { cause: thrown },
      );
    }
  }

  /**
   * @param password left out: as before; null: none
   * @throws CurlewError KEY_STORE where the password cannot be kept; that of the file system
   */
  async write(
    { on, settings }: Pick<KeptMqtt, 'on' | 'settings'>,
    before: KeptMqtt['secret'],
    password?: string | null,
  ): Promise<KeptMqtt> {
    const secret = password === undefined ? before : password === null ? null : await this.keep(password);
    const kept = { on, settings, secret };
    await writeDurably(this.path, JSON.stringify(kept));
    if (before && before.id !== secret?.id) await this.drop(before);
    return kept;
  }

  /** @throws CurlewError KEY_STORE */
  async password({ secret }: KeptMqtt): Promise<string | null> {
    if (!secret) return null;
    const secrets = await this.places.of(secret.keptIn);
    if (typeof secrets === 'string')
      throw failed(`The broker’s password is in the keychain, which cannot be reached: ${secrets}`);
    const bytes = await secrets.read(secret.id);
    if (!bytes) throw failed('The broker’s password is not where it was kept: set it again.');
    return Buffer.from(bytes).toString();
  }

  private async keep(password: string): Promise<NonNullable<KeptMqtt['secret']>> {
    const { keptIn, secrets } = await this.places.newest();
    const id = `mqtt-${randomBytes(8).toString('hex')}`;
    try {
      await secrets.write(id, Buffer.from(password));
    } catch (thrown) {
      throw failed(`The broker’s password could not be kept: ${(thrown as Error).message}.`, thrown);
    }
    return { id, keptIn };
  }

  /** What is kept no more is worth nothing to anybody; where the keychain will not let it go it stays. */
  private async drop({ id, keptIn }: NonNullable<KeptMqtt['secret']>): Promise<void> {
    const secrets = await this.places.of(keptIn);
    if (typeof secrets !== 'string') await secrets.delete(id).catch(() => undefined);
  }
}

const failed = (message: string, cause?: unknown) => new CurlewError('KEY_STORE', message, {}, { cause });
