/** The moment at which a usage limit resets or a prompt may go, when it lies ahead; else null. */
export function ahead(iso: string | null | undefined, now: number): number | null {
  if (!iso) return null;
  const at = Date.parse(iso);
  return Number.isFinite(at) && at > now ? at : null;
}
