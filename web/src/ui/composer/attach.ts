import { refuseImage, shrunk, type ImageRefusal } from '../../core/images';
import { clientId } from '../../core/api';
import { conn } from '../../state/conn.svelte';
import type { Draft, DraftImage } from '../../state/drafts.svelte';
import { previews } from '../../state/previews.svelte';

/** Takes pictures into a draft and uploads them; returns why some were refused. */
export async function attach(draft: Draft, files: readonly File[]): Promise<ImageRefusal[]> {
  const refused: ImageRefusal[] = [];
  for (const file of files) {
    const why = refuseImage(file, true);
    if (why) {
      refused.push(why);
      continue;
    }
    const blob = await shrink(file);
    const after = refuseImage({ type: blob.type, name: file.name, size: blob.size }, false);
    if (after) {
      refused.push(after);
      continue;
    }
    const image: DraftImage = { id: clientId(), name: file.name, type: blob.type, blob, url: URL.createObjectURL(blob), state: 'uploading' };
    draft.setImages([...draft.images, image]);
    void upload(draft, image);
  }
  return refused;
}

export async function upload(draft: Draft, image: DraftImage): Promise<void> {
  draft.patchImage(image.id, { state: 'uploading' });
  try {
    const { id } = await conn.api.call<{ id: string }>('/api/uploads', { method: 'POST', raw: image.blob, key: image.id });
    previews.remember(id, image.blob);
    draft.patchImage(image.id, { upload: id, state: 'ready' });
  } catch {
    draft.patchImage(image.id, { state: 'failed' });
  }
}

async function shrink(file: File): Promise<Blob> {
  if (file.type === 'image/gif') return file;
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    return file;
  }
  const size = shrunk(bitmap.width, bitmap.height);
  if (!size) return file;
  const canvas = new OffscreenCanvas(size.width, size.height);
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0, size.width, size.height);
  bitmap.close();
  return canvas.convertToBlob({ type: file.type, quality: 0.9 });
}
