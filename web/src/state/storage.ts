import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { Snapshot } from '../core/reduce';
import type { Sent } from '../core/outbox';

/** What a composer holds that was not sent. */
export interface StoredDraft {
  text: string;
  start: number;
  end: number;
  images: { id: string; name: string; type: string; blob: Blob; upload?: string }[];
  /** What stood here before a queued message was taken in for editing. */
  stash?: string;
  editing?: string;
  updatedAt: number;
}

interface Schema extends DBSchema {
  drafts: { key: string; value: StoredDraft };
  snapshots: { key: string; value: { snapshot: Snapshot; usedAt: number } };
  outbox: { key: string; value: Sent };
}

let opened: Promise<IDBPDatabase<Schema>> | null = null;

/** The browser's own store; everything in it is a copy or not sent yet, never the only truth. */
export function storage(): Promise<IDBPDatabase<Schema>> {
  opened ??= openDB<Schema>('signalbox', 1, {
    upgrade(db) {
      db.createObjectStore('drafts');
      db.createObjectStore('snapshots');
      db.createObjectStore('outbox');
    },
  });
  return opened;
}

const SNAPSHOTS_MOST = 16;

/** Keeps the newest snapshots only: two lanes of eight sessions. */
export async function putSnapshot(key: string, snapshot: Snapshot): Promise<void> {
  const db = await storage();
  await db.put('snapshots', { snapshot, usedAt: Date.now() }, key);
  const keys = await db.getAllKeys('snapshots');
  if (keys.length <= SNAPSHOTS_MOST) return;
  const all = await Promise.all(keys.map(async (one) => ({ one, usedAt: (await db.get('snapshots', one))?.usedAt ?? 0 })));
  all.sort((a, b) => b.usedAt - a.usedAt);
  for (const { one } of all.slice(SNAPSHOTS_MOST)) await db.delete('snapshots', one);
}

export async function getSnapshot(key: string): Promise<Snapshot | undefined> {
  return (await (await storage()).get('snapshots', key))?.snapshot;
}
