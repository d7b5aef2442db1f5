import { onBeforeUnmount, onMounted, ref, watch, type Ref } from 'vue';
import { toCurlewError } from '../../../main/contract/error.ts';
import type { ChannelHeard, SpectrogramPiece } from '../../../main/contract/types.ts';
import { loudLevel, paintTile } from '../../audio/paint-tile.ts';
import { SpectrogramTiles, tileColumns, tileSeconds } from '../../audio/spectrogram-tiles.ts';
import { zoomSteps, type Seen } from '../../audio/zoom.ts';
import { soundColours } from '../../design/colour.ts';
import { useLab } from '../../stores/lab.ts';
import { useSpectrogramLook } from '../../stores/spectrogram-look.ts';

interface Shown {
  path: string;
  seconds: number;
  sampleRate: number;
  channel: ChannelHeard;
}

/** The level of full scale. */
const loudest = 255;

/** Keeps a canvas drawn with what is seen of a recording, tile by tile as the lab computes them. */
export function useTileCanvas(
  canvas: Ref<HTMLCanvasElement | undefined>,
  shown: () => Shown,
  seen: Readonly<Ref<Seen>>,
  span: Readonly<Ref<number>>,
  height: Readonly<Ref<number>>,
  width: Readonly<Ref<number>>,
) {
  const { client } = useLab();
  const { look } = useSpectrogramLook();
  /** Nothing of what is seen has come yet. */
  const waiting = ref(true);
  const error = ref<string | null>(null);
  /** What is loud in this recording, as far as it was seen; null while that was silence alone. */
  let loud: number | null = null;
  let painted = new Map<SpectrogramPiece, HTMLCanvasElement>();
  let due = 0;

  const tiles = new SpectrogramTiles(
    ({ zoom, index }) =>
      client.request('recordings.spectrogram', {
        path: shown().path,
        channel: shown().channel,
        startS: index * tileSeconds(zoom),
        columnS: zoomSteps[zoom]!,
        columns: tileColumns,
        windowSamples: look.windowSamples,
      }),
    () => redraw(),
    (thrown) => (error.value = toCurlewError(thrown).message),
  );

  function paintedTile(piece: SpectrogramPiece): HTMLCanvasElement {
    const known = painted.get(piece);
    if (known) return known;
    const high = (loud ?? loudest) - 2 * look.gainDb;
    const range = { low: high - 2 * look.rangeDb, high };
    const tile = document.createElement('canvas');
    tile.width = piece.columns;
    tile.height = piece.bands;
    const pixels = paintTile(piece, range, soundColours(look.colours));
    tile.getContext('2d')?.putImageData(new ImageData(pixels, piece.columns, piece.bands), 0, 0);
    painted.set(piece, tile);
    return tile;
  }

  function draw(): void {
    const { startS, zoom, lowHz, highHz } = seen.value;
    const { seconds, sampleRate } = shown();
    tiles.want(zoom, startS, span.value, seconds);
    const context = canvas.value?.getContext('2d');
    if (!context) return;
    context.clearRect(0, 0, width.value, height.value);
    const inSight = new Map<SpectrogramPiece, HTMLCanvasElement>();
    const length = tileSeconds(zoom);
    const pixelS = span.value / width.value;
    const columnPixels = zoomSteps[zoom]! / pixelS;
    const first = Math.floor(startS / length);
    const there: [number, SpectrogramPiece][] = [];
    for (let index = first; index * length < startS + span.value; index++) {
      const piece = tiles.find({ zoom, index });
      if (piece && piece.columns > 0) there.push([index, piece]);
    }
    const level = Math.max(0, ...there.map(([, piece]) => loudLevel(piece)));
    if (level > (loud ?? 0)) {
      // What was seen before is quiet beside it, and is painted as that.
      loud = level;
      painted.clear();
    }
    for (const [index, piece] of there) {
      const tile = paintedTile(piece);
      inSight.set(piece, tile);
      // Bands stand in the middle of their pixels: the highest and the lowest reach half a band beyond.
      const perHz = (piece.bands - 1) / (sampleRate / 2);
      const top = piece.bands - 0.5 - highHz * perHz;
      context.drawImage(
        tile,
        ...[0, top, piece.columns, (highHz - lowHz) * perHz],
        ...([(index * length - startS) / pixelS, 0, piece.columns * columnPixels, height.value] as const),
      );
    }
    waiting.value = inSight.size === 0 && error.value === null;
    // Those out of sight are painted again when they are seen again.
    painted = inSight;
  }
  function redraw(): void {
    if (due === 0)
      due = requestAnimationFrame(() => {
        due = 0;
        draw();
      });
  }
  function anew(): void {
    tiles.clear();
    painted.clear();
    loud = null;
    error.value = null;
    waiting.value = true;
    redraw();
  }

  watch([seen, span, height, width], redraw, { flush: 'post' });
  watch([() => look.colours, () => look.gainDb, () => look.rangeDb], () => {
    painted.clear();
    redraw();
  });
  watch([() => shown().path, () => shown().channel, () => look.windowSamples], anew);
  onMounted(redraw);
  onBeforeUnmount(() => cancelAnimationFrame(due));
  return { waiting, error };
}
