import type { Choice } from '../../core/protocol.gen';

const READS = /\b(plan|read|ask|architect|research|explore|review|default|chat)/i;
const WRITES = /\b(write|edit|accept|auto|bypass|full|yolo|build|code|agent|danger)/i;

/** The modes a lane may offer: one that only reads offers none that writes unasked. */
export function modesFor(modes: readonly Choice[], readOnly: boolean): readonly Choice[] {
  if (!readOnly) return modes;
  return modes.filter((mode) => READS.test(`${mode.id} ${mode.name}`) && !WRITES.test(`${mode.id} ${mode.name}`));
}
