/** What is done with manifests of banks: their files, parts of them, and their ids under another name. */
import type { BankFile, Manifest } from '../../models/bank/bank.ts';
import { CurlewError } from '../contract/error.ts';
import { given } from '../given.ts';

/** Every file that a manifest names, once each. */
export function filesOf({ encoders, experts, routers, clips }: Manifest): BankFile[] {
  const all = [
    ...[...encoders, ...experts, ...routers].flatMap((one) => Object.values<BankFile>(one.files)),
    ...clips.map(({ file }) => file),
  ];
  return [...new Map(all.map((file) => [file.path, file])).values()];
}

/**
 * One expert with its encoder; one router with its experts and their encoder.
 * @throws CurlewError EXPERT_NOT_FOUND
 */
export function partOf(manifest: Manifest, id: string): Manifest {
  const routers = manifest.routers.filter((one) => one.id === id);
  const wanted = new Set(routers[0]?.experts ?? [id]);
  const experts = manifest.experts.filter((one) => wanted.has(one.id));
  if (experts.length === 0) {
    throw new CurlewError('EXPERT_NOT_FOUND', `The bank has no expert or router “${id}”.`, { expertId: id });
  }
  const heard = new Set([...experts, ...routers].map(({ encoder }) => encoder));
  return {
    encoders: manifest.encoders.filter((one) => heard.has(one.id)),
    ...{ experts, routers, clips: [], ...given({ trainedOn: manifest.trainedOn }) },
  };
}

/** The same bank under another name, which begins the ids of all it holds. */
export function renamed(manifest: Manifest, from: string, to: string): Manifest {
  const idOf = (id: string) => `${to}-${id.startsWith(`${from}-`) ? id.slice(from.length + 1) : id}`;
  const encoderOf = (id: string | null) => (id === null ? null : idOf(id));
  return {
    encoders: manifest.encoders.map((one) => ({ ...one, id: idOf(one.id) })),
    experts: manifest.experts.map((one) => ({ ...one, id: idOf(one.id), encoder: encoderOf(one.encoder) })),
    routers: manifest.routers.map((one) => ({
      ...one,
      id: idOf(one.id),
      encoder: encoderOf(one.encoder),
      experts: one.experts.map(idOf),
    })),
    clips: manifest.clips,
    ...given({ trainedOn: manifest.trainedOn }),
  };
}
