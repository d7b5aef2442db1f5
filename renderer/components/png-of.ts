import { CurlewError } from '../../main/contract/error.ts';

/** Pixels to a unit of the drawing: sharp in print. */
const scale = 2;
/** Of a canvas, either way, in every browser. */
const mostPixels = 16_384;

/**
 * An SVG drawing that tells its own size, as PNG on white.
 * @throws CurlewError FILE_TOO_LARGE when it is larger than a canvas may be
 */
export async function pngOf(svg: string): Promise<Uint8Array<ArrayBuffer>> {
  const image = new Image();
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = image.naturalWidth * scale;
    canvas.height = image.naturalHeight * scale;
    if (Math.max(canvas.width, canvas.height) > mostPixels) {
      const message = 'The drawing is too large for a PNG; save it as SVG, or choose fewer days.';
      throw new CurlewError('FILE_TOO_LARGE', message);
    }
    const context = canvas.getContext('2d')!;
    context.fillStyle = '#fff';
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
    if (!blob) throw new CurlewError('INTERNAL', 'The browser made no PNG of the drawing; save it as SVG.');
    return new Uint8Array(await blob.arrayBuffer());
  } finally {
    URL.revokeObjectURL(url);
  }
}
