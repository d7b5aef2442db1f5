import type { ExpertInfo } from '../../main/contract/types.ts';
import type { ReferenceClient } from '../reference/reference-client.ts';
import { mixed } from './answerers.ts';
import type { useExperts } from './experts.ts';

export type References = Pick<ReferenceClient, 'open' | 'logits' | 'logMel'>;

/** An expert that took part in an answer, and with which weight. */
export interface Against {
  expert: ExpertInfo;
  weight: number;
}

/** What the references of those who answered say to a window, with the weights that they answered with. */
export async function referenceLogits(
  references: References,
  experts: Pick<ReturnType<typeof useExperts>, 'file'>,
  against: readonly Against[],
  pcm: Float32Array,
): Promise<{ quantized: Float32Array; float: Float32Array }> {
  const of = async (kind: 'quantized' | 'float') =>
    mixed(
      await Promise.all(
        against.map(async ({ expert, weight }) => {
          // By its hash: another bank may have an expert of this id one day.
          const graph = `${kind} ${expert.imageSha256}`;
          await references.open(graph, () => experts.file(expert.id, `${kind}.onnx`));
          return { logits: await references.logits(graph, pcm), weight };
        }),
      ),
    );
  const [quantized, float] = await Promise.all([of('quantized'), of('float')]);
  return { quantized, float };
}
