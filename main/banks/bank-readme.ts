/** What a file of a bank says of itself to whoever unpacks it by hand. */
import { count } from '../contract/figures.ts';
import type { Manifest } from '../../models/bank/bank.ts';

export function bankReadme(bank: string, { encoders, experts, routers, clips }: Manifest): string {
  const members = [...routers, ...experts].map(
    ({ name, version, files }) =>
      `- ${name}, version ${version}: its card, with what is known of its data and their licence, is ${files['card.md'].path}`,
  );
  const heard = encoders.map(({ name, heard: recordings }) =>
    recordings.length === 0
      ? `- ${name}: what it was trained on is not known`
      : `- ${name}: trained on ${count(recordings.length, 'recording')} of freesound.org, by their numbers in manifest.json; freesound.org tells the licence of each`,
  );
  const licences = clips.map(
    ({ title, author, licence, sourceUrl, file }) =>
      `- ${file.path}: “${title}” by ${author}, ${licence}, ${sourceUrl}`,
  );
  return (
    [
      `# The bank ${bank}`,
      'A bank of experts of Curlew, a lab for acoustic sensing. To take it in: “curlew experts import FILE”, or “Take in a file…” under ' +
        'Experts. SHA256SUMS holds the hash of every file (sha256sum -c SHA256SUMS).',
      ...part('Experts and routers', members),
      ...part('Encoders', heard),
      ...part('Clips', licences),
    ].join('\n\n') + '\n'
  );
}

const part = (title: string, lines: string[]): string[] =>
  lines.length === 0 ? [] : [`## ${title}`, lines.join('\n')];
