/** What is to be deployed: images checked, a router's experts and their encoders found, signed where the board asks. */
import { sha256Of } from '../sha256.ts';
import {
  appendSignature,
  signedText,
  splitSignature,
  type ImageSignature,
} from '../../models/packing/sign.ts';
import { encoderOperations, tooMuchWork } from '../../models/encoder/operations.ts';
import { bankOperations, networkOperations } from '../../models/packing/operations.ts';
import { format } from '../../models/packing/format.ts';
import { readImage } from '../../models/packing/read.ts';
import { CurlewError } from '../contract/error.ts';
import type { Board } from '../contract/types.ts';

export interface DeployImage {
  name: string;
  image: Uint8Array;
  /** Of the image alone, hex. */
  sha256: string;
  signature: ImageSignature | null;
  kind: 'expert' | 'router' | 'encoder';
  version: number;
  /** An encoder has none. */
  labels: readonly string[];
  /** Experts that a router lets answer together; else 1. */
  topK: number;
  /** Of an expert or a router: the encoder that it takes its embedding from, hex; null for the log-mel's statistics. */
  encoderHash: string | null;
}

export interface Deployment {
  /** What router and experts take their embeddings from, each once, the router's first; none for the log-mel's statistics. */
  encoders: DeployImage[];
  /** In the router's order; exactly one where there is no router. */
  experts: DeployImage[];
  router: DeployImage | null;
}

/**
 * @param files the images as they lie on disk, with or without signatures
 * @param fromBank an expert's or encoder's image by its SHA-256 (hex); null where the bank has none such
 * @throws CurlewError IMAGE_BAD, IMAGE_HASH; EXPERT_NOT_FOUND for a router whose experts are not to be had;
 *   ENCODER_MISSING for images whose encoder is not; REQUEST_INVALID for images that do not go together
 */
export async function deploymentOf(files: Uint8Array[], fromBank: FromBank): Promise<Deployment> {
  const read = files.map(readDeployable);
  const bank = await bankOf(
    read.filter((one) => one.kind !== 'encoder'),
    fromBank,
  );
  const encoders = await encodersOf(
    bank,
    read.filter((one) => one.kind === 'encoder'),
    fromBank,
  );
  const problem = tooMuchWork(operationsOf(bank, encoders));
  if (problem !== null)
    throw new CurlewError('REQUEST_INVALID', `These images together do not fit a board: ${problem}.`);
  return { ...bank, encoders };
}

function operationsOf({ experts, router }: Bank, encoders: readonly Deployable[]): number {
  const first = (router ?? experts[0]!).encoderHash;
  const ofEncoder = (hash: string | null): number =>
    encoders.find(({ sha256 }) => sha256 === hash)?.operations ?? 0;
  return bankOperations({
    encoder: ofEncoder(first),
    experts: experts.map(
      ({ operations, encoderHash }) => operations + (encoderHash === first ? 0 : ofEncoder(encoderHash)),
    ),
    router,
  });
}

type FromBank = (sha256: string) => Promise<Uint8Array | null>;

interface Bank {
  experts: Deployable[];
  router: Deployable | null;
}

/** The encoders that the images of a bank ask for, each once, the router's first. */
async function encodersOf(
  { experts, router }: Bank,
  given: readonly Deployable[],
  fromBank: FromBank,
): Promise<Deployable[]> {
  const all = [...(router ? [router] : []), ...experts];
  // What takes the log-mel's statistics has none, and is one of the few that a bank may have all the same.
  const wanted = [...new Set(all.map((one) => one.encoderHash))];
  if (wanted.length > format.mostEncoders) {
    throw new CurlewError(
      'REQUEST_INVALID',
      `These images ask for ${wanted.length} different encoders; a board runs ${format.mostEncoders} at most.`,
    );
  }
  if (router?.isCascade && experts[0]!.encoderHash !== router.encoderHash) {
    throw new CurlewError(
      'REQUEST_INVALID',
      `${experts[0]!.name} is the first stage of the cascade ${router.name}, but takes another encoder than it.`,
    );
  }
  const stranger = given.find((one) => !wanted.includes(one.sha256));
  if (stranger) {
    throw new CurlewError(
      'REQUEST_INVALID',
      `${stranger.name} is not ${wanted.length > 1 ? 'an' : 'the'} encoder that ${all[0]?.name} asks for.`,
    );
  }
  const named = wanted.filter((hash) => hash !== null);
  return Promise.all(
    named.map(async (hash) => {
      const found =
        given.find(({ sha256 }) => sha256 === hash) ??
        (await fromBank(hash).then((image) => image && readDeployable(image)));
      if (found) return found;
      throw new CurlewError(
        'ENCODER_MISSING',
        `${all.find(({ encoderHash }) => encoderHash === hash)!.name} needs the encoder with the SHA-256 ` +
          `${hash.slice(0, 16)}…, which is neither among the files nor in the bank; add its image.`,
        { sha256: hash },
      );
    }),
  );
}

async function bankOf(read: Deployable[], fromBank: FromBank): Promise<Bank> {
  const routers = read.filter((one) => one.kind === 'router');
  const experts = read.filter((one) => one.kind === 'expert');
  const [router] = routers;
  if (!router) {
    if (experts.length === 1) return { experts, router: null };
    throw new CurlewError(
      'REQUEST_INVALID',
      experts.length === 0
        ? 'An encoder answers nothing by itself; add the image of an expert.'
        : `${experts.length} experts cannot answer together without a router; add the image of theirs, or deploy one.`,
    );
  }
  if (routers.length > 1) {
    throw new CurlewError('REQUEST_INVALID', 'A board runs one router; these are several.');
  }
  const hashes = router.expertHashes;
  const ordered = await Promise.all(
    hashes.map(async (sha256, place) => {
      const given = experts.find((one) => one.sha256 === sha256);
      if (given) return given;
      const banked = await fromBank(sha256);
      if (banked) return readDeployable(banked);
      throw new CurlewError(
        'EXPERT_NOT_FOUND',
        `The router ${router.name} picks “${router.labels[place] ?? place}”, which is neither among the files nor in ` +
          `the bank (SHA-256 ${sha256.slice(0, 16)}…).`,
        { sha256 },
      );
    }),
  );
  const stranger = experts.find((one) => !hashes.includes(one.sha256));
  if (stranger) {
    throw new CurlewError('REQUEST_INVALID', `${stranger.name} is no expert of the router ${router.name}.`);
  }
  return { experts: ordered, router };
}

/**
 * @param signWith key for a board that has none yet
 * @returns the bytes for this board: with a signature of its key where it has one
 */
export async function bytesFor(
  { name, image, signature }: DeployImage,
  board: Pick<Board, 'name' | 'keyId'>,
  sign: (keyId: string, text: Uint8Array) => Promise<Uint8Array>,
  signWith?: string,
): Promise<Uint8Array> {
  const keyId = board.keyId ?? signWith ?? null;
  if (keyId === null || hex(signature?.keyId) === keyId)
    return signature ? appendSignature(image, signature) : image;
  const fresh = await sign(keyId, signedText(image)).catch((thrown: unknown) => {
    if (!(thrown instanceof CurlewError) || thrown.code !== 'KEY_NOT_FOUND' || !board.keyId) throw thrown;
    throw new CurlewError(
      'KEY_NOT_FOUND',
      `${board.name} takes only images signed with the key ${keyId}, which this lab does not hold: ${name} was not ` +
        'sent. Deploy from the lab that holds the key, restore the key from a backup, or deploy a file that is signed with ' +
        'it. Where the key is lost: devices/firmware/PORTING.md, “A board that is locked out”.',
      { keyId },
    );
  });
  return appendSignature(image, { keyId: Buffer.from(keyId, 'hex'), signature: fresh });
}

/** Its images in the order in which they are sent. */
export const imagesOf = ({ encoders, experts, router }: Deployment): DeployImage[] => [
  ...encoders,
  ...experts,
  ...(router ? [router] : []),
];

interface Deployable extends DeployImage {
  expertHashes: string[];
  isCascade: boolean;
  /** Of an inference, a router's with its own passes. */
  operations: number;
}

function readDeployable(bytes: Uint8Array): Deployable {
  const { image, signature } = splitSignature(bytes);
  const read = readImage(image);
  const common = { image, signature, sha256: sha256Of(image) };
  if (read.kind === 'encoder') {
    const { name, version } = read.encoder;
    const operations = encoderOperations(read.encoder.layers, read.fused);
    return {
      ...common,
      ...{
        kind: 'encoder',
        name,
        version,
        labels: [],
        expertHashes: [],
        encoderHash: null,
        operations,
        topK: 1,
        isCascade: false,
      },
    };
  }
  const network = read.kind === 'router' ? read.router : read.expert;
  const routing = read.kind === 'router' ? read.router.routing : { passes: 0, topK: 1 };
  return {
    ...common,
    kind: read.kind,
    name: network.name,
    version: network.version,
    labels: network.labels,
    expertHashes: read.kind === 'router' ? read.router.expertHashes.map((hash) => hex(hash)) : [],
    encoderHash: network.encoderHash ? hex(network.encoderHash) : null,
    operations: networkOperations(network, routing.passes),
    topK: routing.topK,
    isCascade: read.kind === 'router' && read.router.cascade !== undefined,
  };
}

const hex = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('hex');
