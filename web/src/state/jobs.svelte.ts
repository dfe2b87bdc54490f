import type { JobView } from '../core/protocol.gen';
import { conn } from './conn.svelte';

export interface JobOrder {
  project: string;
  agent: string;
  text: string;
  model?: string;
  isolation: 'folder' | 'in-place';
}

/** Work without a lane, newest first, as the list's socket tells it; results are in brief until one is opened. */
class Jobs {
  list = $state.raw<JobView[]>([]);
  loaded = $state(false);
  readonly running = $derived(this.list.filter((job) => job.state === 'running' || job.state === 'queued').length);

  welcome(jobs: JobView[] | undefined): void {
    if (!jobs) return;
    this.list = [...jobs].sort(newest);
    this.loaded = true;
  }

  /** One as it is now; null when it was removed. */
  changed(id: string, job: JobView | null): void {
    if (!job) this.list = this.list.filter((one) => one.id !== id);
    else if (this.list.some((one) => one.id === id)) this.list = this.list.map((one) => (one.id === id ? job : one));
    else this.list = [job, ...this.list].sort(newest);
  }

  /** With its whole result, as far as it has come. */
  whole(id: string): Promise<JobView> {
    return conn.api.call<JobView>(`/api/jobs/${id}`);
  }

  async submit(order: JobOrder): Promise<JobView> {
    const job = await conn.api.call<JobView>('/api/jobs', { method: 'POST', body: order });
    this.changed(job.id, job);
    return job;
  }

  async retry(id: string): Promise<void> {
    const job = await conn.api.call<JobView>(`/api/jobs/${id}/retry`, { method: 'POST' });
    this.changed(id, job);
  }

  /** Cancels one that is queued or runs; removes one that has ended. */
  async remove(id: string): Promise<void> {
    const left = await conn.api.call<JobView | undefined>(`/api/jobs/${id}`, { method: 'DELETE' });
    this.changed(id, left ?? null);
  }
}

/** Ids sort by creation. */
function newest(a: JobView, b: JobView): number {
  return a.id < b.id ? 1 : -1;
}

export const jobs = new Jobs();
