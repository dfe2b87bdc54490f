// What may be attached, decided before anything is uploaded.

export const IMAGE_BYTES = 10 * 1024 * 1024;
export const IMAGE_SIDE = 2_048;
const KINDS = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

export type ImageRefusal = 'heic' | 'kind' | 'size';

export function refuseImage(file: { type: string; name: string; size: number }, shrinkable: boolean): ImageRefusal | null {
  if (/^image\/hei[cf]/i.test(file.type) || /\.hei[cf]$/i.test(file.name)) return 'heic';
  if (!KINDS.has(file.type)) return 'kind';
  if (file.size > IMAGE_BYTES && !(shrinkable && file.type !== 'image/gif')) return 'size';
  return null;
}

/** Size to draw an image at so that no side is longer than the limit; null when it fits. */
export function shrunk(width: number, height: number): { width: number; height: number } | null {
  const longest = Math.max(width, height);
  if (longest <= IMAGE_SIDE) return null;
  const factor = IMAGE_SIDE / longest;
  return { width: Math.max(1, Math.round(width * factor)), height: Math.max(1, Math.round(height * factor)) };
}
